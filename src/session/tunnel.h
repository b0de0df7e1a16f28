// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstdint>

#include "net/connect.h"
#include "session/peer.h"

namespace p3scan::session {

struct TunnelTotals {
  std::uint64_t from_client = 0;  // octets
  std::uint64_t from_server = 0;
  bool timed_out = false;
};

/// Relays octets untouched until both sides have said all, one breaks, or nothing came from either for `idle`. A side
/// that closes its half is passed on as such. Nobody else may read or write these sockets meanwhile. Both are tuned and
/// stay open.
asio::awaitable<TunnelTotals> tunnel(net::Socket& client, net::Socket& server, Activity& activity,
                                     std::chrono::seconds idle);

}  // namespace p3scan::session
