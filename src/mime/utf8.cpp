// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/utf8.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "mime/charset.h"

namespace p3scan::mime {
namespace {

constexpr unsigned byte(char c) { return static_cast<unsigned char>(c); }
constexpr char to_char(char32_t code) { return static_cast<char>(static_cast<unsigned char>(code)); }

bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
}

/// What the first octet promises, 0 for an octet that starts nothing.
std::size_t promised_length(unsigned first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

}  // namespace

char32_t utf8_code(std::string_view text) {
  const auto length = promised_length(byte(text.front()));
  if (length == 1) return byte(text.front());
  char32_t code = byte(text.front()) & (0x7fU >> length);
  for (const char c : text.substr(1, length - 1)) code = code << 6U | (byte(c) & 0x3fU);
  return code;
}

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto length = promised_length(byte(text.front()));
  if (length <= 1) return length;
  if (text.size() < length) return 0;
  for (const char c : text.substr(1, length - 1))
    if ((byte(c) & 0xc0U) != 0x80) return 0;
  const auto code = utf8_code(text);
  if (length == 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) return 0;
  if (length == 4 && (code < 0x10000 || code > 0x10ffff)) return 0;
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_utf8(std::string& out, char32_t code) {
  if (code < 0x80) {
    out += to_char(code);
  } else if (code < 0x800) {
    out += to_char(0xc0U | code >> 6U);
    out += to_char(0x80U | (code & 0x3fU));
  } else if (code < 0x10000) {
    out += to_char(0xe0U | code >> 12U);
    out += to_char(0x80U | (code >> 6U & 0x3fU));
    out += to_char(0x80U | (code & 0x3fU));
  } else {
    out += to_char(0xf0U | code >> 18U);
    out += to_char(0x80U | (code >> 12U & 0x3fU));
    out += to_char(0x80U | (code >> 6U & 0x3fU));
    out += to_char(0x80U | (code & 0x3fU));
  }
}

std::string_view utf8_prefix(std::string_view text, std::size_t max) {
  if (text.size() <= max) return text;
  while (max > 0 && (byte(text[max]) & 0xc0U) == 0x80) --max;
  return text.substr(0, max);
}

std::string display_text(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto length = utf8_length(bytes);
    const auto code = length > 0 ? utf8_code(bytes) : windows_1252(bytes.front());
    append_utf8(out, is_control(code) ? U' ' : code);
    bytes.remove_prefix(length > 0 ? length : 1);
  }
  return out;
}

}  // namespace p3scan::mime
