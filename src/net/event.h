// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <utility>

#include "base/asio/asio.h"

namespace p3scan::net {

/// Wakes one coroutine: set() before wait() is not lost, several set() are one. For one thread and one waiter.
/// A timer that never expires underneath: the channels and completion handlers of Boost 1.81 can't be cancelled and
/// used again.
class Event {
 public:
  explicit Event(const asio::any_io_executor& executor) : timer_(executor) {}

  void set() {
    if (!std::exchange(set_, true)) timer_.cancel();
  }

  /// Returns at once when set; false when the wait was cancelled.
  asio::awaitable<bool> wait() {
    if (!set_) {
      timer_.expires_at(asio::steady_timer::time_point::max());
      co_await timer_.async_wait(kNothrow);
    }
    co_return std::exchange(set_, false);
  }

 private:
  asio::steady_timer timer_;
  bool set_ = false;
};

}  // namespace p3scan::net
