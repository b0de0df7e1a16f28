// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace p3scan {

/// Where a clamd listens: a path, or a host name or address and a port.
struct ClamdTarget {
  std::string text;  // as configured
  std::string path;  // of the unix socket; empty: TCP
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const ClamdTarget&) const = default;
};

/// "host:port", "host" (port 3310), "[v6]:port" or "/path/socket". The error is for the administrator.
Result<ClamdTarget, std::string> parse_clamd_target(std::string_view text);

}  // namespace p3scan
