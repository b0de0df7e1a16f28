// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace p3scan::proto {

/// What the first message of a TLS client tells anybody who listens (RFC 8446 4.1.2, RFC 5246 7.4.1.2).
struct ClientHello {
  std::string server_name = {};        // host name of SNI (RFC 6066 3), lower case; empty: there is none
  std::vector<std::string> alpn = {};  // protocols in the client's order (RFC 7301), any octets
  std::uint16_t lowest = 0x0301;       // versions as on the wire: 0x0301 = TLS 1.0 ... 0x0304 = TLS 1.3
  std::uint16_t highest = 0x0301;
  bool operator==(const ClientHello&) const = default;
};

enum class HelloError {
  need_more,  // nothing wrong so far
  not_tls,    // no TLS record with a ClientHello begins like this, or it is broken or longer than kLongestHello
};

/// Octets of records that are looked at. A ClientHello with post-quantum key shares has less than 2 KiB; one that fills a
/// record, 16 KiB and its headers.
constexpr std::size_t kLongestHello = 20480;

/// Reads a ClientHello off the first octets of a connection, which stay where they are. It may be split into any number
/// of records. A server name that no host can have (octets other than letters, digits, ".", "-", "_"; 255 at most) is
/// not_tls: what is not a name must reach no log and no other server.
Result<ClientHello, HelloError> parse_client_hello(std::string_view bytes);

/// As "TLSv1.2", for logs.
std::string_view tls_version_name(std::uint16_t version);

}  // namespace p3scan::proto
