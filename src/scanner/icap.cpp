// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/icap.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "scanner/cancelled.h"
#include "scanner/turns.h"

namespace p3scan {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kConnectionsMax = 32;  // of one event loop, if the service does not want fewer

}  // namespace

struct IcapScanner::Service {
  Service(const asio::any_io_executor& executor, scan::IcapTarget where)
      : target(std::move(where)), turns(executor, kConnectionsMax) {}

  /// A connection that is still open, the one used last first.
  Connection take_idle() {
    while (!idle.empty()) {
      auto connection = std::move(idle.back());
      idle.pop_back();
      if (connection->is_quiet()) return connection;
    }
    return nullptr;
  }
  void put_back(Connection connection) {
    if (idle.size() < kConnectionsMax) idle.push_back(std::move(connection));
  }
  scan::Failed failed(std::string_view why) const { return {fmt::format("icap: {}: {}", target.uri, why)}; }

  scan::IcapTarget target;
  HostAddresses addresses;
  scan::IcapOptions options;
  Clock::time_point fresh_until;
  Clock::time_point avoid_until;
  std::vector<Connection> idle;
  Turns turns;
};

IcapScanner::IcapScanner(const asio::any_io_executor& executor, IcapSettings settings)
    : settings_(std::move(settings)) {
  for (auto& target : settings_.targets) services_.push_back(std::make_unique<Service>(executor, std::move(target)));
}

IcapScanner::~IcapScanner() = default;

asio::awaitable<scan::Verdict> IcapScanner::scan(Message& message, const scan::MailFacts& /*facts*/) {
  co_await message.grown(std::numeric_limits<std::uint64_t>::max());
  if (!message.is_complete()) co_return scan::Failed{"icap: the message is incomplete"};
  scan::Verdict verdict = scan::Failed{"icap: no service"};
  for (auto* service : by_preference()) {
    verdict = co_await ask(*service, message);
    if (!std::holds_alternative<scan::Failed>(verdict)) break;
    service->avoid_until = Clock::now() + settings_.avoid;
  }
  co_return verdict;
}

/// As configured, but those that failed a moment ago last.
std::vector<IcapScanner::Service*> IcapScanner::by_preference() {
  const auto now = Clock::now();
  std::vector<Service*> order;
  for (const bool avoided : {false, true}) {
    for (const auto& service : services_) {
      if ((service->avoid_until > now) == avoided) order.push_back(service.get());
    }
  }
  return order;
}

asio::awaitable<scan::Verdict> IcapScanner::ask(Service& service, Message& message) {
  co_await service.turns.take();
  const Turns::Turn turn(service.turns);
  if (const auto learned = co_await learn(service); !learned) co_return service.failed(learned.error());
  std::optional<IcapAnswer> answer;
  if (auto idle = service.take_idle()) {
    answer = co_await use(service, std::move(idle), message);
    // The server had closed it just before: no fault of anyone, and the others are as old.
    if (!answer->verdict) {
      service.idle.clear();
      answer.reset();
    }
  }
  if (!answer) {
    auto opened = co_await open(service);
    if (!opened) co_return service.failed(opened.error());
    answer = co_await use(service, std::move(*opened), message);
  }
  if (answer->verdict) co_return std::move(*answer->verdict);
  service.fresh_until = {};  // whoever listens there next may be another one
  co_return service.failed("closed the connection");
}

/// Asks for the options unless they are known.
asio::awaitable<Result<void, std::string>> IcapScanner::learn(Service& service) {
  if (Clock::now() < service.fresh_until) co_return Result<void, std::string>{};
  auto opened = co_await open(service);
  if (!opened) co_return fail(std::move(opened.error()));
  const auto options = co_await (*opened)->options(service.target);
  co_await throw_if_cancelled();
  if (!options) co_return fail(options.error());
  service.options = *options;
  service.fresh_until = Clock::now() + options->fresh;
  const auto loops = std::max<std::size_t>(1, settings_.event_loops);
  const auto share = options->connections == 0 ? kConnectionsMax : options->connections / loops;
  service.turns.set_most(std::clamp<std::size_t>(share, 1, kConnectionsMax));
  if ((*opened)->may_go_on()) service.put_back(std::move(*opened));
  co_return Result<void, std::string>{};
}

asio::awaitable<Result<IcapScanner::Connection, std::string>> IcapScanner::open(Service& service) const {
  auto socket = co_await connect_host(service.target.host, service.target.port, service.addresses, settings_.connect);
  co_await throw_if_cancelled();
  if (!socket) co_return fail(std::move(socket.error()));
  co_return std::make_unique<IcapConnection>(std::move(*socket));
}

/// Keeps the connection for the next message if it is good for one.
asio::awaitable<IcapAnswer> IcapScanner::use(Service& service, Connection connection, Message& message) {
  auto answer = co_await connection->scan(service.target, service.options.preview, message);
  co_await throw_if_cancelled();
  if (answer.verdict && answer.keep) service.put_back(std::move(connection));
  co_return answer;
}

}  // namespace p3scan
