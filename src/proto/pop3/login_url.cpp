// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/pop3/login_url.h"

#include <algorithm>

#include "base/ascii.h"

namespace p3scan::proto::pop3 {
namespace {

constexpr std::size_t kLongestHost = 253;  // RFC 1035, in text

bool is_host(std::string_view text, std::string_view punctuation) {
  const auto fits = [&](char c) {
    const char u = ascii::upper(c);
    return ascii::is_digit(c) || (u >= 'A' && u <= 'Z') || punctuation.contains(c);
  };
  return !text.empty() && text.size() <= kLongestHost && std::ranges::all_of(text, fits);
}

}  // namespace

std::optional<LoginUrl> parse_login_url(std::string_view text) {
  auto separator = text.rfind('#');
  if (separator == std::string_view::npos) separator = text.rfind('@');
  if (separator == std::string_view::npos || separator == 0) return std::nullopt;
  LoginUrl url;
  url.user = text.substr(0, separator);
  auto rest = text.substr(separator + 1);
  const bool bracketed = rest.starts_with('[');
  if (bracketed) rest.remove_prefix(1);
  const auto end = std::min(rest.find(bracketed ? ']' : ':'), rest.size());
  if (bracketed && end == rest.size()) return std::nullopt;
  url.host = rest.substr(0, end);
  if (!is_host(url.host, bracketed ? ":." : ".-_")) return std::nullopt;
  rest.remove_prefix(end + (bracketed ? 1 : 0));
  if (rest.empty()) return url;
  const auto port = rest.front() == ':' ? ascii::number<std::uint16_t>(rest.substr(1)) : std::nullopt;
  if (!port || *port == 0) return std::nullopt;
  url.port = *port;
  return url;
}

}  // namespace p3scan::proto::pop3
