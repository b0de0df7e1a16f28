// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/strict_decode.h"

#include <cstddef>
#include <cstdint>

#include "base/ascii.h"

namespace p3scan::imap {
namespace {

constexpr std::size_t kMostBlanks = 76;  // a line has no more characters

int hex_digit(char c) {
  if (ascii::is_digit(c)) return c - '0';
  c = ascii::upper(c);
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (ascii::is_digit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

std::size_t blanks_at(std::string_view text) {
  const auto end = text.find_first_not_of(" \t");
  return end == std::string_view::npos ? text.size() : end;
}

std::size_t line_end_at(std::string_view text) {
  if (text.starts_with('\n')) return 1;
  return text.starts_with("\r\n") ? 2 : 0;
}

// Takes "=41" or a soft line break off the front.
bool take_escape(std::string_view& text, std::string& out) {
  text.remove_prefix(1);
  if (text.size() >= 2 && hex_digit(text[0]) >= 0 && hex_digit(text[1]) >= 0) {
    out += static_cast<char>((hex_digit(text[0]) * 16) + hex_digit(text[1]));
    text.remove_prefix(2);
    return true;
  }
  const auto blanks = blanks_at(text);
  const auto end = line_end_at(text.substr(blanks));
  text.remove_prefix(blanks + end);
  return end > 0;
}

}  // namespace

std::optional<std::string> strict_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text.front() == '=') {
      if (!take_escape(text, out)) return std::nullopt;
      continue;
    }
    const auto blanks = blanks_at(text);
    const auto rest = text.substr(blanks);
    if (const auto end = line_end_at(rest); end > 0) {
      out += "\r\n";
      text = rest.substr(end);
    } else if (rest.empty()) {
      break;
    } else if (rest.front() == '\r' || blanks > kMostBlanks) {
      return std::nullopt;
    } else {
      const auto plain = blanks + (rest.front() == '=' ? 0 : 1);
      out += text.substr(0, plain);
      text.remove_prefix(plain);
    }
  }
  return out;
}

namespace {

/// Four characters, three octets.
struct Group {
  std::uint32_t bits = 0;
  int count = 0;
  int padding = 0;

  bool take(char c) {
    const bool pad = c == '=';
    if (pad ? count < 2 : padding > 0 || sextet(c) < 0) return false;
    bits = (bits << 6U) | static_cast<std::uint32_t>(pad ? 0 : sextet(c));
    padding += pad ? 1 : 0;
    ++count;
    return true;
  }
  void flush(std::string& out) {
    for (int i = 0; i < 3 - padding; ++i) out += static_cast<char>(bits >> (16U - (8U * static_cast<unsigned>(i))));
    count = 0;
    bits = 0;
  }
};

}  // namespace

std::optional<std::string> strict_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3);
  Group group;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (group.count == 0 && group.padding > 0) break;
    if (!group.take(c)) return std::nullopt;
    if (group.count == 4) group.flush(out);
  }
  if (group.count != 0) return std::nullopt;
  return out;
}

}  // namespace p3scan::imap
