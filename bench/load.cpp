// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// The near side of a benchmark: many mail programs that fetch or send the same mail again and again.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "args.h"
#include "clients.h"
#include "process.h"

namespace p3scan::bench {
namespace {

using Seconds = std::chrono::duration<double>;

struct Limits {
  std::uint64_t sessions;
  Clock::duration time;
  std::uint64_t count;        // mails in all
  std::uint64_t per_session;  // mails, then the session ends and a new one begins
  std::uint64_t logins;       // at once, at the start: old proxies have a backlog of five connections
};

/// The sessions and what they measured. All log in first; the clock starts with the last of them.
class Load {
 public:
  Load(MakeClient make, const Work& work, const Limits& limits, std::vector<std::uint64_t> pids)
      : make_(make), work_(work), limits_(limits), pids_(std::move(pids)), waiting_(limits.sessions) {}

  void run() {
    for (std::uint64_t i = 0; i < limits_.logins; ++i) begin_next();
    if (running_ > 0) loop_.run();
  }

  void report() {
    const auto mails = latencies_.size();
    const auto seconds = std::max(Seconds(last_ - start_).count(), 1e-9);
    const auto per_mail = mails == 0 ? 0 : (cpu_end_ - cpu_start_) * 1e6 / static_cast<double>(mails);
    fmt::print(
        "{{\"mails\": {}, \"seconds\": {:.4f}, \"mails_per_s\": {:.2f}, \"mb_per_s\": {:.2f}, \"median_ms\": {:.4f}, "
        "\"p99_ms\": {:.4f}, \"cpu_us_per_mail\": {:.2f}, \"errors\": {}}}\n",
        mails, seconds, static_cast<double>(mails) / seconds, static_cast<double>(mails * work_.octets) / seconds / 1e6,
        percentile(50), percentile(99), per_mail, errors_);
  }
  bool failed() const { return errors_ > 0; }

 private:
  struct Barrier {
    Load& load;
    bool await_ready() const noexcept { return load.start_ != Clock::time_point{}; }
    bool await_suspend(std::coroutine_handle<> session) const { return load.wait_for_start(session); }
    static void await_resume() noexcept {}
  };

  void begin_next() {
    if (begun_ >= limits_.sessions) return;
    ++begun_;
    session();
  }

  Detached session() {
    ++running_;
    try {
      do {
        const auto client = make_(loop_, work_);
        co_await client->login();
        co_await Barrier{*this};
        for (std::uint64_t i = 0; i < limits_.per_session && claim(); ++i) co_await one_mail(*client);
        co_await client->quit();
      } while (!over());
    } catch (const std::exception& error) {
      fmt::print(stderr, "session: {}\n", error.what());
      ++errors_;
      if (start_ == Clock::time_point{}) {  // a failed one is not waited for
        begin_next();
        start_if_last();
      }
    }
    if (--running_ == 0) loop_.stop();
  }

  Task<> one_mail(Client& client) {
    const auto begin = Clock::now();
    co_await client.move_mail();
    last_ = Clock::now();
    latencies_.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(last_ - begin).count());
    if (over()) cpu_end_ = cpu_seconds(pids_);
  }

  bool over() const { return claimed_ >= limits_.count || Clock::now() - start_ >= limits_.time; }
  bool claim() { return !over() && ++claimed_ > 0; }

  bool wait_for_start(std::coroutine_handle<> session) {
    held_.push_back(session);
    begin_next();
    start_if_last();
    return true;
  }
  void start_if_last() {
    if (--waiting_ > 0) return;
    cpu_start_ = cpu_seconds(pids_);
    start_ = Clock::now();
    for (const auto session : std::exchange(held_, {})) session.resume();
  }

  double percentile(std::size_t percent) {
    if (latencies_.empty()) return 0;
    const auto at = latencies_.begin() + static_cast<std::ptrdiff_t>(latencies_.size() * percent / 100);
    std::ranges::nth_element(latencies_, at);
    return static_cast<double>(*at) / 1e6;
  }

  MakeClient make_;
  Work work_;
  Limits limits_;
  std::vector<std::uint64_t> pids_;

  Loop loop_;
  std::uint64_t waiting_;  // sessions that have not logged in yet
  std::uint64_t begun_ = 0;
  std::uint64_t running_ = 0;
  std::vector<std::coroutine_handle<>> held_;
  Clock::time_point start_;
  Clock::time_point last_;
  double cpu_start_ = 0;
  double cpu_end_ = 0;
  std::uint64_t claimed_ = 0;
  std::uint64_t errors_ = 0;
  std::vector<std::int64_t> latencies_;  // ns
};

int run_load(int argc, char** argv) {
  const Args args(argc, argv,
                  {{"protocol", "pop3 or smtp"},
                   {"port", "of the proxy or server on 127.0.0.1"},
                   {"size", "octets of a mail"},
                   {"mail", "its number in the mailbox (1)"},
                   {"sessions", "at once (1)"},
                   {"ms", "stop beginning mails after so many milliseconds (1000)"},
                   {"count", "stop after so many mails (no limit)"},
                   {"mails", "mails in a session (100)"},
                   {"logins", "at once, before the measurement (32)"},
                   {"pids", "processes whose CPU time is measured (comma list)"},
                   {"pace", "octets a second that SMTP sends of a large mail (no limit)"},
                   {"quickack", "1: acknowledge every segment at once"},
                   {"limit", "give up after so many seconds (90)"}});
  const auto mail = make_mail(args.number("size", 2048));
  const Prepared prepared(mail + ".\r\n");
  const Work work{
      .port = args.port("port"),
      .octets = mail.size(),
      .number = args.number("mail", 1),
      .mail = &prepared,
      .options = {.tcp = true, .quickack = args.number("quickack", 0) != 0, .pace = args.number("pace", 0)}};
  const Limits limits{.sessions = args.number("sessions", 1),
                      .time = std::chrono::milliseconds(args.number("ms", 1000)),
                      .count = args.number("count", UINT64_MAX),
                      .per_session = std::max<std::uint64_t>(args.number("mails", 100), 1),
                      .logins = std::max<std::uint64_t>(args.number("logins", 32), 1)};
  ::alarm(static_cast<unsigned>(args.number("limit", 90)));  // a hung proxy must not hang the benchmark
  Load load(client_for(args.text("protocol", "pop3")), work, limits, args.numbers("pids"));
  load.run();
  load.report();
  return load.failed() ? 2 : 0;
}

}  // namespace
}  // namespace p3scan::bench

int main(int argc, char** argv) { return p3scan::bench::run_main(p3scan::bench::run_load, argc, argv); }
