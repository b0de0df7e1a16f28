// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Opens many sessions that log in and then say nothing, and reports what each of them costs a proxy.
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <utility>
#include <vector>

#include "args.h"
#include "clients.h"
#include "process.h"

namespace p3scan::bench {
namespace {

class Crowd {
 public:
  Crowd(MakeClient make, const Work& work, std::uint64_t sessions) : make_(make), work_(work), sessions_(sessions) {}

  /// Logs all of them in, a few at a time, and keeps them open.
  void gather() {
    constexpr int kAtOnce = 64;
    for (int i = 0; i < kAtOnce; ++i) log_in();
    if (busy_ > 0) loop_.run();
  }
  std::uint64_t size() const { return clients_.size(); }

 private:
  Detached log_in() {
    ++busy_;
    try {
      while (begun_ < sessions_) {
        ++begun_;
        auto client = make_(loop_, work_);
        co_await client->login();
        clients_.push_back(std::move(client));
      }
    } catch (const std::exception& error) {
      fmt::print(stderr, "session: {}\n", error.what());
    }
    if (--busy_ == 0) loop_.stop();
  }

  MakeClient make_;
  Work work_;
  std::uint64_t sessions_;
  Loop loop_;
  int busy_ = 0;
  std::uint64_t begun_ = 0;
  std::vector<std::unique_ptr<Client>> clients_;
};

int run_idle(int argc, char** argv) {
  const Args args(argc, argv,
                  {{"protocol", "pop3 or smtp"},
                   {"port", "of the proxy on 127.0.0.1"},
                   {"sessions", "how many (1000)"},
                   {"pids", "the processes of the proxy (comma list)"},
                   {"settle", "milliseconds to wait before measuring (500)"},
                   {"limit", "give up after so many seconds (120)"}});
  const auto sessions = args.number("sessions", 1000);
  const auto pids = args.numbers("pids");
  ::alarm(static_cast<unsigned>(args.number("limit", 120)));
  Crowd crowd(client_for(args.text("protocol", "pop3")),
              {.port = args.port("port"), .octets = 0, .number = 1, .mail = nullptr, .options = {}}, sessions);
  const auto before = memory_of(pids);
  crowd.gather();
  ::usleep(static_cast<useconds_t>(args.number("settle", 500) * 1000));
  const auto after = memory_of(pids);
  const auto each = [&](std::uint64_t now, std::uint64_t then) {
    return (static_cast<double>(now) - static_cast<double>(then)) / 1024 / static_cast<double>(sessions);
  };
  fmt::print("{{\"sessions\": {}, \"pss_kib_each\": {:.2f}, \"rss_kib_each\": {:.2f}, \"pss_kib\": {}}}\n",
             crowd.size(), each(after.pss, before.pss), each(after.rss, before.rss), after.pss / 1024);
  return crowd.size() == sessions ? 0 : 2;
}

}  // namespace
}  // namespace p3scan::bench

int main(int argc, char** argv) { return p3scan::bench::run_main(p3scan::bench::run_idle, argc, argv); }
