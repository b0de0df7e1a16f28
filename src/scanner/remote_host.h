// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/asio/asio.h"
#include "base/result.h"
#include "net/connect.h"
#include "net/endpoint.h"

namespace p3scan {

/// What a host name stands for. Kept for a minute, and for longer while no resolver answers.
struct HostAddresses {
  std::vector<net::Endpoint> known;
  std::chrono::steady_clock::time_point fresh_until;
};

/// Connects to the first address that answers; `limit` is for each. The error is for the log.
asio::awaitable<Result<net::Socket, std::string>> connect_host(std::string host, std::uint16_t port,
                                                               HostAddresses& addresses, std::chrono::seconds limit);

/// False if the other side closed the connection or said something unasked.
bool is_quiet(int socket);

}  // namespace p3scan
