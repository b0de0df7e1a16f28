// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/field_reader.h"

#include "base/ascii.h"

namespace p3scan::imap {
namespace {

constexpr std::string_view kSpecials = R"(()<>[]:;@\,.")";
constexpr std::string_view kTokenSpecials = "/?=";

}  // namespace

bool FieldReader::is_atext(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != 0x7f && !kSpecials.contains(c);
}

FieldReader::Step FieldReader::skip_comment() {
  comment_.clear();
  int level = 1;
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '(') ++level;
    if (c == ')' && --level == 0) {
      ++at_;
      return Step::more;
    }
    if (c == '\\' && ++at_ == text_.size()) break;
    comment_ += text_[at_];
  }
  comment_.clear();
  return Step::flaw;
}

FieldReader::Step FieldReader::blanks() {
  for (; at_ < text_.size();) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++at_;
    } else if (c != '(') {
      break;
    } else if (skip_comment() == Step::flaw) {
      return Step::flaw;
    }
  }
  return here();
}

FieldReader::Step FieldReader::atom(std::string& out) {
  if (!is_atext(peek())) return Step::flaw;
  while (is_atext(peek())) out += text_[at_++];
  return blanks();
}

FieldReader::Step FieldReader::dot_atom(std::string& out) {
  if (!is_atext(peek())) return Step::flaw;
  for (;;) {
    while (is_atext(peek())) out += text_[at_++];
    if (const auto step = blanks(); step != Step::more) return step;
    if (peek() != '.') return Step::more;
    out += text_[at_++];
    if (const auto step = blanks(); step != Step::more) return step;
  }
}

FieldReader::Step FieldReader::token(std::string& out) {
  while (peek() == '.' || (is_atext(peek()) && !kTokenSpecials.contains(peek()))) out += text_[at_++];
  return blanks();
}

FieldReader::Step FieldReader::quoted_string(std::string& out) {
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      return blanks();
    }
    if (c == '\n' || (c == '\r' && text_.substr(at_).starts_with("\r\n"))) continue;
    if (c == '\\' && ++at_ == text_.size()) break;
    out += text_[at_];
  }
  return Step::flaw;
}

FieldReader::Step FieldReader::atom_or_dot(std::string& out) {
  while (peek() == '.' || is_atext(peek())) out += text_[at_++];
  return blanks();
}

FieldReader::Step FieldReader::phrase(std::string& out) {
  if (at_end()) return Step::end;
  if (peek() == '.') return Step::flaw;
  for (;;) {
    const auto step = peek() == '"' ? quoted_string(out) : atom_or_dot(out);
    if (step != Step::more) return step;
    if (!is_atext(peek()) && peek() != '"' && peek() != '.') return Step::more;
    out += ' ';
  }
}

FieldReader::Step FieldReader::domain_literal(std::string& out) {
  const auto start = at_;
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == '\\') skip();
    if (c != ']') continue;
    out += text_.substr(start, at_ - start);
    return blanks();
  }
  return Step::flaw;
}

FieldReader::Step FieldReader::domain(std::string& out) {
  skip();
  if (blanks() != Step::more) return Step::flaw;
  return peek() == '[' ? domain_literal(out) : dot_atom(out);
}

}  // namespace p3scan::imap
