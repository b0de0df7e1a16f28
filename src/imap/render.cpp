// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/render.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "imap/binary.h"
#include "imap/body_structure.h"
#include "imap/envelope.h"
#include "imap/header_lines.h"
#include "imap/slices.h"
#include "imap/write_string.h"

namespace p3scan::imap {
namespace {

using Kind = FetchItem::Kind;
using Text = Section::Text;

constexpr std::uint64_t kSpareWork = std::uint64_t{16} << 20;

class Renderer {
 public:
  Renderer(std::string_view message, const TreeLimits& limits) : message_(message), limits_(limits) {}

  void add(const FetchItem& item) {
    words_ += (started_ ? " " : "") + item.name + " ";
    started_ = true;
    const bool too_much = work_ > (message_.size() * 4) + kSpareWork;  // nobody needs that: the same again and again
    if (!too_much || item.kind == Kind::rfc822_size) return say(item);
    words_ += item.kind == Kind::binary_size ? "0" : "NIL";
    trouble_ = "LIMIT";
  }

  Rendered take() {
    if (!words_.empty()) pieces_.push_back({.text = std::move(words_)});
    return {.pieces = std::move(pieces_), .trouble = trouble_};
  }

 private:
  void say(const FetchItem& item) {
    const auto before = words_.size();
    switch (item.kind) {
      case Kind::rfc822_size: words_ += std::to_string(message_.size()); break;
      case Kind::envelope: words_ += envelope_of(message_.substr(0, header_size())); break;
      case Kind::body_structure: words_ += body_structure(message_, tree(), true); break;
      case Kind::body_short: words_ += body_structure(message_, tree(), false); break;
      case Kind::rfc822: show(section({}), item); break;
      case Kind::rfc822_header: show(section({.part = {}, .text = Text::header, .fields = {}}), item); break;
      case Kind::rfc822_text: show(section({.part = {}, .text = Text::text, .fields = {}}), item); break;
      case Kind::body: show(section(item.section), item); break;
      case Kind::binary:
      case Kind::binary_size: add_binary(item); break;
    }
    if (words_.size() > before) work_ += words_.size() - before;
  }

  const std::vector<TreePart>& tree() {
    if (tree_.empty()) tree_ = read_mime_tree(message_, limits_);
    return tree_;
  }

  std::uint64_t header_size() {
    if (!header_size_) {
      HeaderLines lines(message_);
      std::size_t size = 0;
      while (const auto line = lines.next()) size += line->octets.size();
      header_size_ = size + (size < message_.size() ? line_length(message_.substr(size)) : 0);
    }
    return *header_size_;
  }

  void show(Slices octets, const FetchItem& item, std::string_view mark = "") {
    if (item.partial) octets = octets.part(item.partial->first, item.partial->count);
    work_ += octets.copied();
    words_.append(mark).append(literal_head(octets.size()));
    octets.append_to(pieces_, std::exchange(words_, {}));
  }

  // The part with this number; kNone if there is none.
  std::size_t find_part(const std::vector<std::uint32_t>& numbers) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const bool is_last = i + 1 == numbers.size();
      at = child_of(at, numbers[i], is_last);
      if (at == TreePart::kNone) return at;
      if (!is_last && tree_[at].kind == TreePart::Kind::message) at = tree_[at].first_child;
    }
    return at;
  }

  std::size_t child_of(std::size_t at, std::uint32_t number, bool is_last) {
    const auto& one = tree()[at];
    if (one.kind != TreePart::Kind::multipart) {
      const bool is_there = number == 1 && (is_last || one.kind == TreePart::Kind::message);
      return is_there ? at : TreePart::kNone;
    }
    auto child = one.first_child;
    for (; number > 1 && child != TreePart::kNone; --number) child = tree_[child].next;
    return child;
  }

  Slices section(const Section& wanted) {
    Slices out;
    if (wanted.part.empty()) {
      cut_section(wanted, {.begin = 0, .body = needs_header(wanted) ? header_size() : 0, .end = message_.size()}, out);
      return out;
    }
    auto at = find_part(wanted.part);
    const bool of_message = wanted.text != Text::none && wanted.text != Text::mime;
    if (at != TreePart::kNone && of_message) at = tree_[at].first_child_of_message();
    if (at != TreePart::kNone) cut_section(wanted, tree_[at], out);
    return out;
  }

  static bool needs_header(const Section& wanted) { return wanted.text != Text::none; }

  void cut_section(const Section& wanted, const TreePart& part, Slices& out) const {
    switch (wanted.text) {
      case Text::none:
      case Text::text: out.add(part.body, part.end - part.body); break;
      case Text::mime:
      case Text::header: out.add(part.begin, part.body - part.begin); break;
      case Text::header_fields: cut_fields(wanted, part, true, out); break;
      case Text::header_fields_not: cut_fields(wanted, part, false, out); break;
    }
  }

  void cut_fields(const Section& wanted, const TreePart& part, bool named, Slices& out) const {
    auto at = part.begin;
    HeaderLines lines(message_.substr(at));  // a delimiter does not end them
    while (const auto line = lines.next()) {
      const bool is_named =
          std::ranges::any_of(wanted.fields, [&](const auto& name) { return ascii::equal_nocase(name, line->name); });
      if (is_named == named) out.add(at, line->octets.size());
      at += line->octets.size();
    }
    if (at < message_.size())
      out.add(at, line_length(message_.substr(at)));
    else if (named && wanted.part.empty())
      out.add("\r\n");
  }

  void add_binary(const FetchItem& item) {
    const auto& wanted = item.section;
    const bool is_content = wanted.text == Text::none || wanted.text == Text::text;
    if (!is_content) return add_undecoded(item, section(wanted));
    const auto at = find_content(wanted);
    if (at == TreePart::kNone) return add_undecoded(item, {});
    decode(at, wanted.part.empty() && wanted.text == Text::none);
    add_decoded(item);
  }

  void add_undecoded(const FetchItem& item, Slices octets) {
    if (item.kind == Kind::binary)
      show(std::move(octets), item);
    else
      words_ += std::to_string(octets.size());
  }

  std::size_t find_content(const Section& wanted) {
    if (wanted.part.empty()) return tree().empty() ? TreePart::kNone : 0;
    const auto at = find_part(wanted.part);
    return at != TreePart::kNone && wanted.text == Text::text ? tree_[at].first_child_of_message() : at;
  }

  void add_decoded(const FetchItem& item) {
    if (item.kind == Kind::binary_size) {
      words_ += std::to_string(binary_ ? binary_->octets.size() : 0);
    } else if (!binary_) {
      words_ += "NIL";
    } else {
      const bool literal8 = binary_->decoded || binary_->octets.has_nul(message_);
      const auto partial = item.partial.value_or(Partial{.first = 0, .count = 0});
      const auto count = item.partial ? partial.count : binary_->octets.size();
      show(binary_->octets.part(partial.first, count), without_partial(item), literal8 ? "~" : "");
    }
  }

  static FetchItem without_partial(FetchItem item) {
    item.partial.reset();
    return item;
  }

  // The part that was decoded last is kept: clients ask for it piece by piece.
  void decode(std::size_t part, bool with_header) {
    if (decoded_ == std::pair(part, with_header)) return;
    BinaryFlaw flaw{};
    binary_ = binary_of(message_, tree_, part, with_header, flaw);
    if (!binary_) trouble_ = flaw == BinaryFlaw::unknown_encoding ? "UNKNOWN-CTE" : "PARSE";
    decoded_ = {part, with_header};
    work_ += tree_[part].end - tree_[part].begin;
  }

  std::string_view message_;
  TreeLimits limits_;
  std::vector<TreePart> tree_;
  std::optional<std::uint64_t> header_size_;
  std::vector<proto::Piece> pieces_;
  std::string words_;
  std::optional<Binary> binary_;
  std::pair<std::size_t, bool> decoded_{TreePart::kNone, false};
  std::uint64_t work_ = 0;  // octets decoded and copied
  std::string_view trouble_;
  bool started_ = false;
};

}  // namespace

Rendered render(std::string_view message, std::span<const FetchItem> items, const TreeLimits& limits) {
  Renderer renderer(message, limits);
  for (const auto& item : items) renderer.add(item);
  return renderer.take();
}

}  // namespace p3scan::imap
