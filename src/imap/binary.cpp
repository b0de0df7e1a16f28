// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/binary.h"

#include "base/ascii.h"
#include "imap/field_reader.h"
#include "imap/header_lines.h"
#include "imap/strict_decode.h"

namespace p3scan::imap {
namespace {

constexpr std::string_view kEncodingField = "Content-Transfer-Encoding";

enum class Coding { none, quoted_printable, base64, unknown };

Coding coding_of(std::string_view header) {
  auto out = Coding::none;
  HeaderLines lines(header);
  while (const auto line = lines.next()) {
    if (!ascii::equal_nocase(line->name, kEncodingField)) continue;
    const auto value = folded_value(line->value);
    FieldReader in(value);
    std::string word;
    in.blanks();
    in.token(word);
    word = ascii::lower(word);
    if (word == "7bit" || word == "8bit" || word == "binary")
      out = Coding::none;
    else if (word == "quoted-printable")
      out = Coding::quoted_printable;
    else
      out = word == "base64" ? Coding::base64 : Coding::unknown;
  }
  return out;
}

class Decoding {
 public:
  Decoding(std::string_view message, const std::vector<TreePart>& tree) : message_(message), tree_(tree) {}

  bool part(std::size_t index, bool with_header) {
    const auto& one = tree_[index];
    const auto coding = coding_of(one.header_of(message_));
    if (coding == Coding::unknown) return fail(BinaryFlaw::unknown_encoding);
    if (with_header) header(one, coding != Coding::none);
    if (one.first_child != TreePart::kNone) return children(one);
    if (coding == Coding::none || one.body == one.end) {
      out_.octets.add(one.body, one.end - one.body);
      return true;
    }
    auto text = coding == Coding::base64 ? strict_base64(one.body_of(message_))
                                         : strict_quoted_printable(one.body_of(message_));
    if (!text) return fail(BinaryFlaw::bad_octets);
    out_.octets.add(std::move(*text));
    out_.decoded = true;
    return true;
  }

  Binary take() { return std::move(out_); }
  BinaryFlaw flaw() const { return flaw_; }

 private:
  bool fail(BinaryFlaw flaw) {
    flaw_ = flaw;
    return false;
  }

  bool children(const TreePart& one) {
    auto at = one.body;
    for (auto child = one.first_child; child != TreePart::kNone; child = tree_[child].next) {
      out_.octets.add(at, tree_[child].begin - at);
      if (!part(child, true)) return false;
      at = tree_[child].end;
    }
    out_.octets.add(at, one.end - at);
    return true;
  }

  void header(const TreePart& one, bool encoded) {
    if (!encoded) {
      out_.octets.add(one.begin, one.body - one.begin);
      return;
    }
    auto at = one.begin;
    HeaderLines lines(one.header_of(message_));
    while (const auto line = lines.next()) {
      if (!ascii::equal_nocase(line->name, kEncodingField)) out_.octets.add(at, line->octets.size());
      at += line->octets.size();
    }
    if (at < one.body) out_.octets.add("Content-Transfer-Encoding: binary\r\n");
    out_.octets.add(at, one.body - at);
  }

  std::string_view message_;
  const std::vector<TreePart>& tree_;
  Binary out_;
  BinaryFlaw flaw_ = BinaryFlaw::bad_octets;
};

}  // namespace

std::optional<Binary> binary_of(std::string_view message, const std::vector<TreePart>& tree, std::size_t part,
                                bool with_header, BinaryFlaw& flaw) {
  Decoding decoding(message, tree);
  if (!decoding.part(part, with_header)) {
    flaw = decoding.flaw();
    return std::nullopt;
  }
  auto out = decoding.take();
  if (out.decoded) return out;
  const auto& one = tree[part];
  out.octets = {};
  out.octets.add(with_header ? one.begin : one.body, one.end - (with_header ? one.begin : one.body));
  return out;
}

}  // namespace p3scan::imap
