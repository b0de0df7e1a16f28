// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/tunnel.h"

#include <array>

namespace p3scan::session {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr std::size_t kPiece = 16384;

bool would_block(error_code ec) { return ec == asio::error::would_block || ec == asio::error::try_again; }

asio::awaitable<bool> write_all(net::Socket& to, std::string_view bytes) {
  const auto [ec, n] = co_await asio::async_write(to, asio::buffer(bytes), kNothrow);
  co_return !ec;
}

/// What the kernel has at the moment, in a buffer that an idle tunnel does not keep. False: nothing more will come.
asio::awaitable<bool> copy_ready(net::Socket& from, net::Socket& to, std::uint64_t& total, error_code& why) {
  const auto piece = std::make_unique_for_overwrite<std::array<char, kPiece>>();
  error_code ec;
  const auto n = from.read_some(asio::buffer(*piece), ec);
  if (would_block(ec)) co_return true;
  if (ec) {
    why = ec;
    co_return false;
  }
  total += n;
  if (co_await write_all(to, {piece->data(), n})) co_return true;
  why = asio::error::broken_pipe;
  co_return false;
}

/// True when the side has said all; false when a connection broke, which is the end of both ways.
asio::awaitable<bool> copy(net::Socket& from, net::Socket& to, std::uint64_t& total, Activity& activity) {
  error_code ec;
  for (bool more = true; more;) {
    std::tie(ec) = co_await from.async_wait(asio::socket_base::wait_read, kNothrow);
    if (ec) co_return false;
    activity.touch();
    more = co_await copy_ready(from, to, total, ec);
  }
  if (ec != asio::error::eof) co_return false;
  error_code ignored;
  to.shutdown(asio::socket_base::shutdown_send, ignored);
  co_return true;
}

/// Both ways; a broken one stops the other.
asio::awaitable<void> copy_until_broken(net::Socket& from, net::Socket& to, std::uint64_t& total, Activity& activity) {
  if (co_await copy(from, to, total, activity)) co_return;
  error_code ignored;
  from.cancel(ignored);
  to.cancel(ignored);
}

asio::awaitable<void> watch(const Activity& activity, std::chrono::seconds idle) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    timer.expires_at(activity.last() + idle);
    const auto [ec] = co_await timer.async_wait(kNothrow);
    if (ec || Activity::Clock::now() >= activity.last() + idle) co_return;
  }
}

}  // namespace

asio::awaitable<TunnelTotals> tunnel(net::Socket& client, net::Socket& server, Activity& activity,
                                     std::chrono::seconds idle) {
  TunnelTotals totals;
  activity.touch();
  const auto first = co_await ((copy_until_broken(client, server, totals.from_client, activity) &&
                                copy_until_broken(server, client, totals.from_server, activity)) ||
                               watch(activity, idle));
  totals.timed_out = first.index() == 1;
  co_return totals;
}

}  // namespace p3scan::session
