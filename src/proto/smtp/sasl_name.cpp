// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp/sasl_name.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace p3scan::proto::smtp {
namespace {

constexpr std::size_t kLongestResponse = 16384;  // RFC 4954 section 4.3 asks for 12288

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() > kLongestResponse) return std::nullopt;
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const auto value = base64_value(c);
    if (value < 0) return std::nullopt;
    held = (held << 6U | static_cast<unsigned>(value)) & 0xfffU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(held >> bits & 0xffU);
  }
  return out;
}

/// The value behind `key` (like "n=") where a part of `text` between `separator`s begins with it.
std::string_view attribute(std::string_view text, std::string_view key, char separator) {
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(separator));
    if (part.starts_with(key)) return part.substr(key.size());
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
  return {};
}

std::string_view name_in(std::string_view mechanism, std::string_view response) {
  using std::string_view_literals::operator""sv;
  if (mechanism == "PLAIN") {  // authorize-id NUL authenticate-id NUL password
    const auto first = response.find('\0');
    if (first == std::string_view::npos) return {};
    const auto rest = response.substr(first + 1);
    return rest.substr(0, rest.find('\0'));
  }
  if (mechanism == "LOGIN" || mechanism == "EXTERNAL") return response;
  if (mechanism == "CRAM-MD5") return response.substr(0, response.rfind(' '));
  if (mechanism.starts_with("SCRAM-")) return attribute(response, "n=", ',');
  if (mechanism == "OAUTHBEARER") return attribute(response.substr(0, response.find('\x01')), "a=", ',');
  if (mechanism == "XOAUTH2") return attribute(response, "user=", '\x01');
  return {};
}

}  // namespace

void SaslName::start(std::string_view arguments) {
  mechanism_.clear();
  name_.clear();
  asked_ = false;
  for (const char c : ascii::take_word(arguments).substr(0, 32)) mechanism_ += ascii::upper(c);
  const auto initial = ascii::trim(arguments);
  if (!initial.empty()) respond(initial);
}

void SaslName::respond(std::string_view line) {
  if (asked_) return;
  asked_ = true;
  auto response = decode_base64(line);
  if (!response) return;
  name_ = name_in(mechanism_, *response).substr(0, kLongest);
  std::ranges::fill(*response, '\0');
}

}  // namespace p3scan::proto::smtp
