// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/spam_daemon.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "scanner/cancelled.h"
#include "scanner/local_socket.h"

namespace p3scan {
namespace {

using namespace asio::experimental::awaitable_operators;
using Clock = std::chrono::steady_clock;

class Counted {
 public:
  explicit Counted(std::size_t& count) : count_(count) { ++count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  Counted(Counted&&) = delete;
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --count_; }

 private:
  std::size_t& count_;
};

}  // namespace

SpamDaemon::SpamDaemon(std::vector<ClamdTarget> servers, SpamDaemonTimes times) : times_(times) {
  for (auto& server : servers) servers_.push_back({.address = std::move(server), .addresses = {}, .avoid_until = {}});
}

Result<std::vector<ClamdTarget>, std::string> SpamDaemon::parse_servers(std::span<const std::string> texts,
                                                                        std::uint16_t default_port) {
  std::vector<ClamdTarget> servers;
  for (const auto& text : texts) {
    const bool has_port = text.starts_with('/') || text.contains(':');
    auto server = parse_clamd_target(has_port ? text : fmt::format("{}:{}", text, default_port));
    if (!server) return fail(fmt::format("spamserver: {}: give host:port, [address]:port or /path/socket", text));
    servers.push_back(std::move(*server));
  }
  return servers;
}

asio::awaitable<Result<SpamOpinion, std::string>> SpamDaemon::look(const SpamMail& mail) {
  Result<SpamOpinion, std::string> opinion = fail(std::string("no server"));
  for (auto* server : by_preference()) {
    opinion = co_await ask(*server, mail);
    if (opinion) break;
  }
  co_return opinion;
}

asio::awaitable<Result<SpamOpinion, std::string>> SpamDaemon::ask(Server& server, const SpamMail& mail) {
  const Counted counted(server.active);
  const auto limit = times_.limit / servers_.size();
  asio::steady_timer timer(co_await asio::this_coro::executor, limit);
  auto first = co_await (attempt(server, mail) || timer.async_wait(kNothrow));
  co_await throw_if_cancelled();
  if (auto* opinion = std::get_if<0>(&first); opinion != nullptr && opinion->has_value()) {
    server.avoid_until = {};
    co_return std::move(*opinion);
  }
  server.avoid_until = Clock::now() + times_.avoid;
  const auto why =
      first.index() == 0 ? std::get<0>(first).error() : fmt::format("no answer within {} ms", limit.count());
  co_return fail(fmt::format("{}: {}", server.address.text, why));
}

asio::awaitable<Result<SpamOpinion, std::string>> SpamDaemon::attempt(Server& server, const SpamMail& mail) {
  auto socket = co_await open(server);
  co_await throw_if_cancelled();
  if (!socket) co_return fail(std::move(socket.error()));
  co_return co_await talk(std::move(*socket), mail);
}

asio::awaitable<Result<SpamDaemon::Socket, std::string>> SpamDaemon::open(Server& server) const {
  const auto& address = server.address;
  if (address.path.empty()) {
    auto socket = co_await connect_host(address.host, address.port, server.addresses, times_.connect);
    if (!socket) co_return fail(std::move(socket.error()));
    co_return Socket(std::move(*socket));
  }
  auto socket = co_await connect_local(address.path, times_.connect);
  if (!socket) co_return fail(std::move(socket.error()));
  co_return Socket(std::move(*socket));
}

/// Those that work first, of these the one with the least to do.
std::vector<SpamDaemon::Server*> SpamDaemon::by_preference() {
  std::vector<Server*> order;
  order.reserve(servers_.size());
  for (auto& server : servers_) order.push_back(&server);
  const auto now = Clock::now();
  std::ranges::sort(order, {}, [now](const Server* s) { return std::tuple(now < s->avoid_until, s->active, s); });
  return order;
}

}  // namespace p3scan
