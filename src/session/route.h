// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>

#include "net/connect.h"
#include "session/services.h"

namespace p3scan::session {

/// Where a connection goes: the candidates in the order of preference, or why it goes nowhere (for the log).
using Route = Result<std::vector<net::Endpoint>, std::string>;

/// Of a connection that just arrived, by the means that the configuration names: conntrack, TPROXY or fixed target.
/// Connections that would come back to this gateway are refused.
asio::awaitable<Route> find_route(const Services& services, net::Socket& client);

/// Of a server that a login names. Refused unless `useurlallow` permits it.
asio::awaitable<Route> find_named_route(const Services& services, std::string host, std::uint16_t port);

}  // namespace p3scan::session
