// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.h"

namespace p3scan::net {

/// Where a connection was going before nft or iptables redirected it: what conntrack says (SO_ORIGINAL_DST, both
/// families). Nothing when the kernel knows no redirection for it.
std::optional<Endpoint> original_destination(int fd);

/// True when `address` belongs to an interface of this host right now, or is loopback or unspecified.
bool is_own_address(const Address& raw);

}  // namespace p3scan::net
