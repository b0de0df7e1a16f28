// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/asio/asio.h"
#include "base/log.h"
#include "notify/letter.h"
#include "notify/mail_program.h"
#include "notify/rate.h"
#include "notify/report.h"
#include "notify/smtp.h"

namespace p3scan::notify {

struct Settings {
  std::vector<std::string> extra;      // who gets a copy of each virus notification; is_safe_address() all, as below
  std::vector<std::string> emergency;  // who hears of troubles
  std::string from = "postmaster@localhost";
  SmtpServer server;        // used when it has a host,
  MailProgram program;      // else this, when it has words; else nothing is sent
  std::uint32_t rate = 20;  // virus mails in a period; 0: no limit
  std::string hostname = "localhost";
  std::string domainname = "localdomain";
  std::vector<std::chrono::milliseconds> retries = {std::chrono::seconds(10), std::chrono::seconds(60),
                                                    std::chrono::seconds(300)};  // pauses before further tries
};

/// Mail to those who run the gateway. One object per process, safe from any thread; nothing here waits. Letters go out one
/// after the other on the executor; at most kMaxWaiting wait, more are dropped.
/// Of viruses at most `rate` mails a period are sent, and one that sums up the rest at its end. Of each kind of emergency
/// one mail a period, and then how often it came again.
class Administrators {
 public:
  static constexpr std::size_t kMaxWaiting = 200;

  /// `period`: an hour but for tests. `executor` must be of one thread and outlive this object's run().
  Administrators(const asio::any_io_executor& executor, const Log& log,
                 Rate::Clock::duration period = std::chrono::hours(1));

  void configure(Settings settings);

  /// Whether virus() does anything.
  bool wants_viruses() const;
  void virus(Report report);
  /// `text`: one sentence, what happened where. Logged by the caller.
  void emergency(Emergency kind, std::string_view text);

  /// Sends what comes until finish() has sent the last. To be spawned once.
  asio::awaitable<void> run();
  /// Sums up at once what was held back, tries each waiting letter once more, and returns when nothing waits or the limit
  /// has passed. On the executor's thread.
  asio::awaitable<void> finish(std::chrono::milliseconds limit);

 private:
  using Lock = std::scoped_lock<std::mutex>;

  bool can_send() const { return !settings_.server.host.empty() || !settings_.program.words.empty(); }
  void queue(Letter letter);  // this and the next two: under the lock
  void queue_text(const std::vector<std::string>& to, std::string subject, std::string text);
  void queue_summaries(Rate::Clock::time_point now);
  void wake();
  asio::awaitable<void> sleep(Rate::Clock::time_point until);
  std::optional<Rate::Clock::time_point> next_due() const;
  std::variant<Letter, Rate::Clock::time_point> next();
  bool is_finished() const;
  asio::awaitable<void> deliver(Letter letter);
  asio::awaitable<Delivery> attempt(Letter& letter);

  asio::any_io_executor executor_;
  Log log_;
  asio::steady_timer timer_;  // of run(), when there is nothing to send
  asio::steady_timer pause_;  // between two tries
  mutable std::mutex mutex_;
  Settings settings_;
  Rate viruses_;
  std::vector<Rate> emergencies_;  // by kind
  std::deque<Letter> waiting_;
  bool dropping_ = false;
  bool woken_ = false;
  bool finishing_ = false;
  bool idle_ = false;  // run() has nothing to do
};

}  // namespace p3scan::notify
