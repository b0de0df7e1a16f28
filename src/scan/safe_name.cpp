// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/safe_name.h"

#include <fmt/format.h>

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

constexpr std::size_t kNameMax = 100;

bool is_safe(char c) {
  return ascii::is_digit(c) || (ascii::upper(c) >= 'A' && ascii::upper(c) <= 'Z') ||
         std::string_view("._-+").find(c) != std::string_view::npos;
}

}  // namespace

std::string safe_name(std::string_view name, std::size_t number) {
  auto out = fmt::format("{:04}_", number);
  const auto room = kNameMax - out.size();
  if (name.size() > room) name.remove_prefix(name.size() - room);
  for (const char c : name) {
    const bool second_dot = c == '.' && out.ends_with('.');
    out += is_safe(c) && !second_dot ? c : '_';
  }
  return out;
}

}  // namespace p3scan::scan
