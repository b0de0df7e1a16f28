// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/connect.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/asio/asio.h"

namespace p3scan::net {
namespace {

using namespace asio::experimental::awaitable_operators;

bool allow_foreign_source(Socket& socket, bool v6) {
  const int on = 1;
  const int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
  const int option = v6 ? IPV6_TRANSPARENT : IP_TRANSPARENT;
  return ::setsockopt(socket.native_handle(), level, option, &on, sizeof on) == 0;
}

error_code prepare(Socket& socket, const Endpoint& to, const std::optional<Address>& from) {
  error_code ec;
  socket.open(to.protocol(), ec);
  if (ec) return ec;
  tune(socket);
  if (!from || from->is_v4() != to.address().is_v4()) return ec;
  if (!allow_foreign_source(socket, from->is_v6())) return {errno, boost::system::system_category()};
  socket.set_option(asio::socket_base::reuse_address(true), ec);
  socket.bind(Endpoint(*from, 0), ec);
  return ec;
}

}  // namespace

void tune(Socket& socket) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

asio::awaitable<Result<Socket, error_code>> connect(Endpoint to, std::chrono::seconds limit,
                                                    std::optional<Address> from) {
  const auto executor = co_await asio::this_coro::executor;
  Socket socket(executor);
  if (const auto ec = prepare(socket, to, from); ec) co_return fail(ec);
  asio::steady_timer timer(executor, limit);
  const auto first = co_await (socket.async_connect(to, kNothrow) || timer.async_wait(kNothrow));
  if (first.index() == 1) co_return fail(error_code(asio::error::timed_out));
  if (const auto [ec] = std::get<0>(first); ec) co_return fail(ec);
  co_return socket;
}

asio::awaitable<std::vector<Endpoint>> resolve(std::string host, std::uint16_t port, std::chrono::seconds limit) {
  std::vector<Endpoint> found;
  error_code not_literal;
  const auto literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) {
    found.emplace_back(literal, port);
    co_return found;
  }
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  asio::steady_timer timer(executor, limit);
  const auto first = co_await (
      resolver.async_resolve(host, std::to_string(port), asio::ip::resolver_base::numeric_service, kNothrow) ||
      timer.async_wait(kNothrow));
  if (first.index() == 1) co_return found;
  const auto& [ec, results] = std::get<0>(first);
  if (ec) co_return found;
  for (const auto& entry : results) found.push_back(entry.endpoint());
  co_return found;
}

}  // namespace p3scan::net
