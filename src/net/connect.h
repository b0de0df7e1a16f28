// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/endpoint.h"

namespace p3scan::net {

using boost::system::error_code;
using Socket = boost::asio::ip::tcp::socket;

/// Connects within `limit`; the socket is non-blocking and has TCP_NODELAY.
/// `from`: the client's own address for TPROXY, so that the server sees the client (needs CAP_NET_RAW).
boost::asio::awaitable<Result<Socket, error_code>> connect(Endpoint to, std::chrono::seconds limit,
                                                           std::optional<Address> from = std::nullopt);

/// Addresses of a host name or literal, in the order of preference; empty when there are none or the limit passed.
boost::asio::awaitable<std::vector<Endpoint>> resolve(std::string host, std::uint16_t port, std::chrono::seconds limit);

/// What every socket of a session needs; failure is harmless.
void tune(Socket& socket);

}  // namespace p3scan::net
