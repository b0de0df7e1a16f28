// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/clamav_database.h"

#include <algorithm>

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

constexpr std::string_view kMagic = "ClamAV-VDB:";
constexpr std::size_t kMaxDate = 40;
constexpr std::size_t kMaxVersion = 10;

}  // namespace

std::optional<DatabaseHead> parse_database_head(std::string_view head) {
  if (!head.starts_with(kMagic)) return std::nullopt;
  head.remove_prefix(kMagic.size());
  const auto date = head.substr(0, head.find(':'));
  head.remove_prefix(std::min(head.size(), date.size() + 1));
  const auto version = head.substr(0, head.find(':'));
  if (version.size() == head.size() || version.empty() || version.size() > kMaxVersion) return std::nullopt;
  if (!std::ranges::all_of(version, ascii::is_digit)) return std::nullopt;
  if (date.size() > kMaxDate || !std::ranges::all_of(date, [](char c) { return c >= ' ' && c <= '~'; }))
    return std::nullopt;
  return DatabaseHead{.version = std::string(version), .date = std::string(date)};
}

}  // namespace p3scan::scan
