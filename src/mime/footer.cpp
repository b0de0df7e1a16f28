// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/footer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "mime/charset.h"
#include "mime/footer_place.h"
#include "mime/header.h"
#include "mime/part_text.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

constexpr std::string_view kStars = "**********";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::size_t kMaxLines = 200;
constexpr std::size_t kMaxLine = 900;  // RFC 5322 2.1.1, with room for encodings

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void add_lines(std::string_view lines, std::string& out) {
  for (std::size_t i = 0; !lines.empty() && i < kMaxLines; ++i) {
    const auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    auto shown = display_text(line);
    shown = utf8_prefix(shown, kMaxLine);
    shown.erase(shown.find_last_not_of(' ') + 1);  // a blank at its end would join it with the next one (RFC 3676)
    out.append(shown).append("\n");
  }
}

/// With the line ends of the message.
std::string with_ending(std::string_view text, std::string_view ending) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += ending;
    } else {
      out += c;
    }
  }
  return out;
}

/// The footer as a block of HTML: ASCII in any charset.
std::string html_of(std::string_view footer, std::string_view ending) {
  std::string out = "<div>";
  while (!footer.empty()) {
    const auto length = std::max<std::size_t>(utf8_length(footer), 1);
    const auto code = utf8_code(footer);
    footer.remove_prefix(length);
    switch (code) {
      case '\n': out.append(footer.empty() ? "" : "<br>").append(ending); break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      default:
        out += code < 0x80 ? std::string(1, static_cast<char>(code))
                           : fmt::format("&#{};", static_cast<std::uint32_t>(code));
    }
  }
  return out.append("</div>").append(ending);
}

/// Puts a text in at one offset.
class Insertion final : public TextRewriter {
 public:
  Insertion(std::uint64_t place, std::string_view text) : place_(place), text_(text) {}

  void feed(std::string_view text, Edits& edits) override {
    if (!done_ && place_ <= fed_ + text.size()) insert(edits);
    fed_ += text.size();
  }
  void finish(Edits& edits) override {
    if (!done_) insert(edits);
  }
  std::uint64_t settled() const override { return fed_; }

 private:
  void insert(Edits& edits) {
    edits.replace(place_, 0, text_);
    done_ = true;
  }

  std::uint64_t place_;
  std::string_view text_;
  std::uint64_t fed_ = 0;
  bool done_ = false;
};

class Adder {
 public:
  Adder(std::string_view message, const Structure& structure, std::string_view footer, Edits& edits)
      : message_(message), structure_(structure), footer_(footer), edits_(edits), children_(structure.parts.size()) {
    for (std::size_t i = 1; i < structure.parts.size(); ++i) children_[structure.parts[i].parent].push_back(i);
  }

  FooterAdded run() {
    if (structure_.over_limit) return FooterAdded::nowhere;
    if (is_sealed()) return FooterAdded::sealed;
    add_to(0);
    return result_;
  }

 private:
  bool is_sealed() const;
  bool add_to(std::size_t index);
  bool add_to_children(const Part& part, std::size_t index);
  bool add_to_text(const Part& part);
  bool add_to_html(const Part& part);
  void insert(const Part& part, std::uint64_t place, std::string_view text, const TextTarget& target);
  bool present();

  std::string_view message_;
  const Structure& structure_;
  std::string_view footer_;
  Edits& edits_;
  std::vector<std::vector<std::size_t>> children_;
  FooterAdded result_ = FooterAdded::nowhere;
};

/// Parts of messages inside do not count: their texts stay as they are anyway.
bool Adder::is_sealed() const {
  if (find_field(structure_.parts[0].header_of(message_), "dkim-signature")) return true;
  std::vector<bool> inside(structure_.parts.size());
  for (std::size_t i = 0; i < structure_.parts.size(); ++i) {
    const auto& part = structure_.parts[i];
    if (part.parent != Part::kNoParent)
      inside[i] = inside[part.parent] || structure_.parts[part.parent].has_type("message/rfc822");
    if (!inside[i] && part.seal != Seal::none) return true;
  }
  return false;
}

bool Adder::add_to(std::size_t index) {
  const auto& part = structure_.parts[index];
  if (part.is_attachment || !part.names.empty() || part.is_ambiguous) return false;
  if (!part.is_leaf) return part.type.starts_with("multipart/") && add_to_children(part, index);
  if (part.encoding == Encoding::other) return false;
  if (part.type == "text/plain") return add_to_text(part);
  return part.type == "text/html" && add_to_html(part);
}

bool Adder::add_to_children(const Part& part, std::size_t index) {
  const auto& children = children_[index];
  if (part.type == "multipart/report" || part.type == "multipart/digest" || children.empty()) return false;
  if (part.type == "multipart/alternative") {
    bool any = false;
    for (const auto child : children) any = add_to(child) || any;
    return any;
  }
  if (part.type == "multipart/related") return add_to(children.front());
  const auto holds = [&](std::size_t child) { return add_to(child); };
  return std::ranges::any_of(std::views::reverse(children), holds);
}

void Adder::insert(const Part& part, std::uint64_t place, std::string_view text, const TextTarget& target) {
  Insertion insertion(place, text);
  rewrite_text(message_, part, insertion, edits_, target);
  result_ = FooterAdded::yes;
}

bool Adder::present() {
  if (result_ == FooterAdded::nowhere) result_ = FooterAdded::present;
  return true;
}

bool Adder::add_to_text(const Part& part) {
  const auto ending = text_line_ending(message_, part);
  auto charset = text_charset(message_, part);
  FooterPlace place(FooterPlace::Kind::plain, footer_.size() * 4);
  read_text(message_, part, place);
  TextTarget target;
  if (!is_ascii(footer_) && (charset.empty() || charset == "us-ascii") && place.is_ascii()) {
    charset = "utf-8";
    target.charset = charset;
  }
  auto text = with_ending(from_utf8(charset.empty() ? "us-ascii" : charset, footer_), ending);
  if (place.is_behind(text)) return present();
  if (place.joins_next_line()) text.insert(0, ending);
  if (place.needs_break()) {
    text.insert(0, ending);
    text.erase(text.size() - ending.size());
  }
  target.eight_bit = !is_ascii(text);
  insert(part, place.offset(), text, target);
  return true;
}

bool Adder::add_to_html(const Part& part) {
  const auto text = html_of(footer_, text_line_ending(message_, part));
  FooterPlace place(FooterPlace::Kind::html, text.size() * 2);
  read_text(message_, part, place);
  if (place.is_behind(text)) return present();
  insert(part, place.offset(), text, {});
  return true;
}

}  // namespace

std::string footer_text(const FooterValues& values) {
  std::string out;
  add_lines(kStars, out);
  add_lines(values.file.starts_with(kByteOrderMark) ? values.file.substr(kByteOrderMark.size()) : values.file, out);
  add_lines(fmt::format("P3Scan {} running on {}", P3SCAN_VERSION, values.host), out);
  add_lines(values.scanner_info, out);
  add_lines(kStars, out);
  return out;
}

FooterAdded add_footer(std::string_view message, const Structure& structure, std::string_view footer, Edits& edits) {
  return Adder(message, structure, footer, edits).run();
}

}  // namespace p3scan::mime
