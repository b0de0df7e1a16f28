// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/pop3/sasl.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/ascii.h"

namespace p3scan::proto::pop3 {
namespace {

std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xffU);
  }
  return bytes;
}

}  // namespace

Mechanism mechanism(std::string_view name) {
  if (ascii::equal_nocase(name, "PLAIN")) return Mechanism::plain;
  if (ascii::equal_nocase(name, "LOGIN")) return Mechanism::login;
  if (ascii::equal_nocase(name, "CRAM-MD5")) return Mechanism::cram_md5;
  return Mechanism::other;
}

std::string sasl_user(Mechanism mechanism, std::string_view response) {
  if (mechanism == Mechanism::other) return {};
  const auto text = decode_base64(ascii::trim(response));
  if (!text) return {};
  const auto npos = std::string::npos;
  switch (mechanism) {
    case Mechanism::login: return *text;
    case Mechanism::cram_md5: {  // name, blank, digest
      const auto blank = text->rfind(' ');
      return blank == npos ? std::string() : text->substr(0, blank);
    }
    case Mechanism::plain: {  // authorization identity, NUL, name, NUL, password
      const auto first = text->find('\0');
      if (first == npos) return {};
      const auto second = text->find('\0', first + 1);
      return second == npos ? std::string() : text->substr(first + 1, second - first - 1);
    }
    case Mechanism::other: break;
  }
  return {};
}

}  // namespace p3scan::proto::pop3
