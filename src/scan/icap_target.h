// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace p3scan::scan {

/// Where an ICAP service is (RFC 3507, 4.2).
struct IcapTarget {
  std::string uri;        // as requests say it: "icap://host:port/service?arguments"
  std::string host;       // name or address, without brackets
  std::string authority;  // host and port as the Host field says them
  std::uint16_t port = 1344;
};

/// "icap://host[:port]/service", the host may be "[v6]". The error is for the administrator.
Result<IcapTarget, std::string> parse_icap_target(std::string_view text);

}  // namespace p3scan::scan
