// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace p3scan::scan {

inline constexpr std::size_t kDatabaseHead = 512;  // octets that a database file begins with

struct DatabaseHead {
  std::string version;  // digits
  std::string date;     // as written there, printable ASCII
};

/// The head of a ClamAV database (.cvd, .cld): "ClamAV-VDB:" and fields parted by colons, of which the first is the date
/// and the second the version.
std::optional<DatabaseHead> parse_database_head(std::string_view head);

}  // namespace p3scan::scan
