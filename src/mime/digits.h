// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ascii.h"

// The digits of base64 and of the hexadecimal escapes in quoted-printable, encoded-words and RFC 2231.
namespace p3scan::mime {

inline constexpr std::string_view kHex = "0123456789ABCDEF";
inline constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Six bits of a character, -1 for one that is no part of base64.
inline constexpr auto kBase64Values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kBase64.size(); ++i)
    values.at(static_cast<unsigned char>(kBase64[i])) = static_cast<std::int8_t>(i);
  return values;
}();

constexpr int base64_value(char c) { return kBase64Values.at(static_cast<unsigned char>(c)); }

constexpr std::optional<unsigned> hex_digit(char c) {
  if (ascii::is_digit(c)) return static_cast<unsigned>(c - '0');
  const char upper = ascii::upper(c);
  return upper >= 'A' && upper <= 'F' ? std::optional(static_cast<unsigned>(upper - 'A' + 10)) : std::nullopt;
}

/// The octet of two hexadecimal digits at the front of `text`.
constexpr std::optional<char> hex_octet(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto high = hex_digit(text[0]);
  const auto low = hex_digit(text[1]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(static_cast<unsigned char>(*high << 4U | *low));
}

}  // namespace p3scan::mime
