// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/address.h"

#include <algorithm>
#include <cstddef>

#include "base/ascii.h"

namespace p3scan::notify {
namespace {

constexpr std::size_t kMaxAddress = 254;  // RFC 5321 4.5.3.1.3, without the angle brackets
constexpr std::string_view kSeparators = " \t,";

bool is_word_octet(char c) {
  return ascii::is_digit(c) || (ascii::upper(c) >= 'A' && ascii::upper(c) <= 'Z') || c == '_';
}

bool is_atom(std::string_view text) {
  return !text.empty() && is_word_octet(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_word_octet(c) || c == '.' || c == '+' || c == '-' || c == '=';
  });
}

}  // namespace

bool is_safe_address(std::string_view text) {
  const auto at = text.find('@');
  if (text.size() > kMaxAddress || !is_atom(text.substr(0, at))) return false;
  return at == std::string_view::npos || is_atom(text.substr(at + 1));
}

Addresses split_addresses(const std::vector<std::string>& setting) {
  Addresses found;
  for (std::string_view rest : setting) {
    while (!rest.empty()) {
      const auto word = rest.substr(0, rest.find_first_of(kSeparators));
      rest.remove_prefix(std::min(rest.size(), word.size() + 1));
      if (!word.empty()) (is_safe_address(word) ? found.good : found.bad).emplace_back(word);
    }
  }
  return found;
}

std::string qualified(std::string_view address, std::string_view domain) {
  std::string whole(address);
  if (!whole.contains('@')) whole.append("@").append(domain);
  return whole;
}

}  // namespace p3scan::notify
