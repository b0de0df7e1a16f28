// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <algorithm>
#include <chrono>

namespace p3scan {

/// How long to wait before a process that died is started again: at once the first time, then 1, 2, 4 ... seconds
/// up to `longest`. One that lived for `healthy` starts anew.
class Backoff {
 public:
  using Clock = std::chrono::steady_clock;
  using seconds = std::chrono::seconds;

  explicit Backoff(seconds longest = seconds{30}, seconds healthy = seconds{60}) : longest_(longest), healthy_(healthy) {}

  seconds after_death(Clock::duration lived) {
    if (lived >= healthy_) next_ = seconds{0};
    const auto wait = next_;
    next_ = std::clamp(next_ * 2, seconds{1}, longest_);
    return wait;
  }

 private:
  seconds longest_;
  seconds healthy_;
  seconds next_{0};
};

}  // namespace p3scan
