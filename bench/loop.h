// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/epoll.h>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <map>

#include "base/unique_fd.h"

namespace p3scan::bench {

/// What the loop knows about one descriptor: its readiness (edge-triggered) and the coroutine that waits for it.
struct Watch {
  std::coroutine_handle<> waiter;
  std::uint32_t wanted = 0;  // EPOLLIN or EPOLLOUT
  bool readable = true;
  bool writable = true;
  bool hangup = false;  // the end was seen: stays readable for ever
};

using Clock = std::chrono::steady_clock;

/// One thread's event loop.
class Loop {
 public:
  Loop();

  /// Runs until stop() or until a signal arrives that has a handler.
  void run();
  void stop() { stopped_ = true; }

  /// `watch` outlives `fd`, whose closing ends the watching. `flags` are added to the events.
  void add(int fd, Watch& watch, std::uint32_t flags = 0);

  void wake(std::coroutine_handle<> waiter, Clock::time_point when) { timers_.emplace(when, waiter); }

 private:
  int next_timeout() const;  // milliseconds, as epoll_wait() wants them
  void fire_timers();

  UniqueFd epoll_;
  std::multimap<Clock::time_point, std::coroutine_handle<>> timers_;
  bool stopped_ = false;
};

/// co_await until the descriptor is ready, as far as is known: try, and await again when told EAGAIN.
struct Ready {
  Watch& watch;
  std::uint32_t event;

  bool await_ready() const noexcept { return event == EPOLLIN ? watch.readable : watch.writable; }
  void await_suspend(std::coroutine_handle<> waiter) const noexcept {
    watch.waiter = waiter;
    watch.wanted = event;
  }
  static void await_resume() noexcept {}
};

/// co_await until that time.
struct Sleep {
  Loop& loop;
  Clock::time_point until;

  bool await_ready() const { return Clock::now() >= until; }
  void await_suspend(std::coroutine_handle<> waiter) const { loop.wake(waiter, until); }
  static void await_resume() noexcept {}
};

}  // namespace p3scan::bench
