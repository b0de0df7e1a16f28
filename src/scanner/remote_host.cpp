// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/remote_host.h"

#include <sys/socket.h>

#include <cerrno>

namespace p3scan {
namespace {

constexpr auto kAddressesFresh = std::chrono::seconds(60);

asio::awaitable<void> refresh(std::string host, std::uint16_t port, HostAddresses& addresses,
                              std::chrono::seconds limit) {
  if (std::chrono::steady_clock::now() < addresses.fresh_until) co_return;
  auto found = co_await net::resolve(std::move(host), port, limit);
  if (found.empty()) co_return;
  addresses = {.known = std::move(found), .fresh_until = std::chrono::steady_clock::now() + kAddressesFresh};
}

}  // namespace

asio::awaitable<Result<net::Socket, std::string>> connect_host(std::string host, std::uint16_t port,
                                                               HostAddresses& addresses, std::chrono::seconds limit) {
  co_await refresh(std::move(host), port, addresses, limit);
  std::string why = "no address";
  const auto endpoints = addresses.known;  // others may refresh it meanwhile
  for (const auto& endpoint : endpoints) {
    auto socket = co_await net::connect(endpoint, limit);
    if (socket) co_return std::move(*socket);
    why = socket.error().message();
  }
  addresses.fresh_until = {};  // it may have moved
  co_return fail(std::move(why));
}

bool is_quiet(int socket) {
  char c = 0;
  const auto n = ::recv(socket, &c, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace p3scan
