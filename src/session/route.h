// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>

#include "net/connect.h"
#include "session/services.h"

namespace p3scan::session {

/// What a destination port tells about the protocol spoken there.
enum class Spoken {
  pop3,
  smtp,
  pop3s,        // TLS towards the server, plain text towards the client, as the old program had it
  by_greeting,  // the port says nothing: the server's first words will
  unavailable,  // TLS from the first octet on: not scanned by this version, and not passed unscanned
};
Spoken spoken_on(std::uint16_t port, const config::Config& config);

/// Where a connection goes: the candidates in the order of preference, or why it goes nowhere (for the log).
using Route = Result<std::vector<net::Endpoint>, std::string>;

/// Of a connection that just arrived, by the means that the configuration names: conntrack, TPROXY or fixed target.
/// Connections that would come back to this gateway are refused.
asio::awaitable<Route> find_route(const Services& services, net::Socket& client);

/// Of a server that a login names. Refused unless `useurlallow` permits it.
asio::awaitable<Route> find_named_route(const Services& services, std::string host, std::uint16_t port);

}  // namespace p3scan::session
