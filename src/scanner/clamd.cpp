// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/clamd.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "scan/mail_magic.h"
#include "scanner/cancelled.h"

namespace p3scan {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kIdleMax = 32;  // connections kept for later, per target and event loop
constexpr unsigned kAvoidShiftMax = 3;

}  // namespace

struct ClamdScanner::Target {
  Target(ClamdTarget where, std::size_t place) : address(std::move(where)), position(place) {}

  /// A connection that is still open, the one used last first.
  std::unique_ptr<ClamdConnection> take_idle() {
    while (!idle.empty()) {
      auto connection = std::move(idle.back());
      idle.pop_back();
      if (connection->is_quiet()) return connection;
    }
    return nullptr;
  }
  void put_back(std::unique_ptr<ClamdConnection> connection) {
    if (idle.size() < kIdleMax) idle.push_back(std::move(connection));
  }
  bool avoided(Clock::time_point now) const { return failures != 0 && now < avoid_until; }

  ClamdTarget address;
  HostAddresses addresses;
  std::size_t position;  // as configured: the first of equals
  std::vector<std::unique_ptr<ClamdConnection>> idle;
  std::size_t active = 0;  // messages it has now
  unsigned failures = 0;   // in a row
  Clock::time_point avoid_until;
};

/// Counts the messages of a target, and suspects it when a message was cut off after a long wait.
class ClamdScanner::Attempt {
 public:
  Attempt(const ClamdScanner& clamd, Target& target, bool whole) : clamd_(clamd), target_(target), whole_(whole) {
    ++target_.active;
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  Attempt(Attempt&&) = delete;
  Attempt& operator=(Attempt&&) = delete;
  ~Attempt() {
    --target_.active;
    if (!ended_ && whole_ && Clock::now() - began_ > clamd_.times_.suspicious) clamd_.failed(target_);
  }
  void succeeded() {
    ended_ = true;
    target_.failures = 0;
  }
  void ended() { ended_ = true; }

 private:
  const ClamdScanner& clamd_;
  Target& target_;
  bool whole_;  // else the message may have been slow, not the target
  Clock::time_point began_ = Clock::now();
  bool ended_ = false;
};

ClamdScanner::ClamdScanner(std::vector<ClamdTarget> targets, ClamdTimes times) : times_(times) {
  for (auto& target : targets) targets_.push_back(std::make_unique<Target>(std::move(target), targets_.size()));
}

ClamdScanner::~ClamdScanner() = default;

asio::awaitable<scan::Verdict> ClamdScanner::scan(Message& message, const scan::MailFacts& /*facts*/) {
  auto verdict = co_await look(message, Look::as_is);
  if (std::holds_alternative<scan::Clean>(verdict) && !scan::looks_like_mail_to_clamav(message.head())) {
    verdict = co_await look(message, Look::as_mail);
  }
  co_return verdict;
}

asio::awaitable<scan::Verdict> ClamdScanner::look(Message& message, Look look) {
  const bool grew = !message.is_complete();
  auto verdict = co_await try_all(message, look);
  if (!grew || !std::holds_alternative<scan::Failed>(verdict)) co_return verdict;
  // A slow sender may have outlasted clamd's patience (CommandReadTimeout): once more when all is here.
  co_await message.grown(std::numeric_limits<std::uint64_t>::max());
  if (message.is_abandoned()) co_return scan::Failed{"clamd: the message is incomplete"};
  co_return co_await try_all(message, look);
}

asio::awaitable<scan::Verdict> ClamdScanner::try_all(Message& message, Look look) {
  scan::Verdict verdict = scan::Failed{"clamd: no target"};
  for (auto* target : by_preference()) {
    verdict = co_await try_one(*target, message, look);
    if (!std::holds_alternative<scan::Failed>(verdict) || message.is_abandoned()) break;
  }
  co_return verdict;
}

asio::awaitable<scan::Verdict> ClamdScanner::try_one(Target& target, Message& message, Look look) {
  const bool whole = message.is_complete();
  Attempt attempt(*this, target, whole);
  std::optional<ClamdAnswer> answer;
  if (auto idle = target.take_idle()) {
    answer = co_await use(target, std::move(idle), message, look);
    // clamd had closed it just before: no fault of anyone, and the others are as old.
    if (!answer->verdict && !answer->heard && !message.is_abandoned()) {
      target.idle.clear();
      answer.reset();
    }
  }
  if (!answer) {
    auto opened = co_await open(target);
    co_await throw_if_cancelled();
    if (!opened) {
      attempt.ended();
      co_return scan::Failed{opened.error()};
    }
    answer = co_await use(target, std::move(*opened), message, look);
  }
  if (answer->verdict) {
    attempt.succeeded();
    co_return std::move(*answer->verdict);
  }
  attempt.ended();
  if (whole) failed(target);
  co_return scan::Failed{message.is_abandoned() ? "clamd: the message is incomplete"
                                                : fmt::format("clamd: {} closed the connection", target.address.text)};
}

/// Keeps the connection for the next message if it is good for one.
asio::awaitable<ClamdAnswer> ClamdScanner::use(Target& target, std::unique_ptr<ClamdConnection> connection,
                                               Message& message, Look look) {
  auto answer = co_await connection->scan(message, look);
  co_await throw_if_cancelled();
  if (answer.verdict && answer.keep) target.put_back(std::move(connection));
  co_return answer;
}

asio::awaitable<Result<std::unique_ptr<ClamdConnection>, std::string>> ClamdScanner::open(Target& target) {
  auto opened = co_await ClamdConnection::open(target.address, target.addresses, times_.connect);
  co_await throw_if_cancelled();
  if (opened && target.failures == 0) co_return opened;
  if (opened) {
    // It failed before: no mail for it unless it answers. A command of its own ends the connection.
    const auto pong = co_await (*opened)->ask("zPING", times_.ping);
    co_await throw_if_cancelled();
    if (pong == "PONG") co_return co_await ClamdConnection::open(target.address, target.addresses, times_.connect);
    opened = fail(fmt::format("clamd: {} does not answer", target.address.text));
  }
  failed(target);
  co_return opened;
}

void ClamdScanner::failed(Target& target) const {
  target.idle.clear();
  const auto now = Clock::now();
  if (target.avoided(now)) return;  // many messages may meet one failure
  target.avoid_until = now + times_.avoid * (1U << std::min(target.failures, kAvoidShiftMax));
  ++target.failures;
}

/// Those that work first, of these the one with the least to do; then the others, so that a last try is made.
std::vector<ClamdScanner::Target*> ClamdScanner::by_preference() {
  std::vector<Target*> order;
  order.reserve(targets_.size());
  for (const auto& target : targets_) order.push_back(target.get());
  if (order.size() == 1) return order;
  const auto now = Clock::now();
  std::ranges::sort(order, {}, [now](const Target* t) { return std::tuple(t->avoided(now), t->active, t->position); });
  return order;
}

asio::awaitable<Result<std::string, std::string>> ClamdScanner::version(ClamdTarget target, ClamdTimes times) {
  HostAddresses addresses;
  const auto opened = co_await ClamdConnection::open(target, addresses, times.connect);
  if (!opened) co_return fail(opened.error());
  auto text = co_await (*opened)->ask("zVERSION", times.ping);
  if (!text) co_return fail(fmt::format("clamd: {} does not answer", target.text));
  co_return std::move(*text);
}

}  // namespace p3scan
