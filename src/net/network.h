// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

#include "base/result.h"
#include "net/endpoint.h"

namespace p3scan::net {

/// All addresses that begin with the same bits.
struct Network {
  Address address;
  unsigned prefix = 0;  // bits

  /// Never for an address of the other family.
  bool contains(const Address& one) const;
};

enum class NetworkError { no_address, bad_prefix };

/// "192.0.2.1", "192.0.2.0/24", "2001:db8::/32".
Result<Network, NetworkError> parse_network(std::string_view text);

}  // namespace p3scan::net
