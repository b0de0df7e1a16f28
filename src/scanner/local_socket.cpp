// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/local_socket.h"

#include <sys/un.h>

#include <array>
#include <variant>

#include "scanner/cancelled.h"

namespace p3scan {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr auto kBacklogPause = std::chrono::milliseconds(20);
constexpr std::size_t kPiece = 4096;

asio::awaitable<void> sleep_for(std::chrono::milliseconds limit) {
  asio::steady_timer timer(co_await asio::this_coro::executor, limit);
  co_await timer.async_wait(kNothrow);
}

asio::awaitable<Heard> hear_some(LocalSocket& socket, std::string& into) {
  std::array<char, kPiece> piece{};
  const auto [ec, n] = co_await socket.async_read_some(asio::buffer(piece), kNothrow);
  if (ec) co_return Heard::the_end;
  into.append(piece.data(), n);
  co_return Heard::something;
}

}  // namespace

bool is_socket_path(std::string_view path) {
  return path.starts_with('/') && path.size() < sizeof(sockaddr_un::sun_path) &&
         path.find('\0') == std::string_view::npos;
}

asio::awaitable<Result<LocalSocket, std::string>> connect_local(const std::string& path,
                                                                std::chrono::milliseconds limit) {
  if (!is_socket_path(path)) co_return fail(std::string("no path of a socket"));
  const asio::local::stream_protocol::endpoint endpoint(path);
  const auto until = std::chrono::steady_clock::now() + limit;
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (;;) {
    LocalSocket socket(pause.get_executor());
    const auto [ec] = co_await socket.async_connect(endpoint, kNothrow);
    co_await throw_if_cancelled();
    if (ec) co_return fail(ec.message());
    // A full backlog: unix sockets refuse at once what TCP would keep waiting, and Asio takes that for success.
    error_code unconnected;
    static_cast<void>(socket.remote_endpoint(unconnected));
    if (!unconnected) co_return std::move(socket);
    if (std::chrono::steady_clock::now() > until) co_return fail(std::string("too many connections wait there"));
    pause.expires_after(kBacklogPause);
    co_await pause.async_wait(kNothrow);
  }
}

asio::awaitable<Heard> hear(LocalSocket& socket, std::string& into, std::optional<std::chrono::milliseconds> limit) {
  auto heard = Heard::nothing;
  if (limit) {
    const auto first = co_await (hear_some(socket, into) || sleep_for(*limit));
    if (const auto* some = std::get_if<0>(&first)) heard = *some;
  } else {
    heard = co_await hear_some(socket, into);
  }
  co_await throw_if_cancelled();
  co_return heard;
}

asio::awaitable<bool> say(LocalSocket& socket, std::string_view text) {
  const auto [ec, n] = co_await asio::async_write(socket, asio::buffer(text), kNothrow);
  co_await throw_if_cancelled();
  co_return !ec;
}

}  // namespace p3scan
