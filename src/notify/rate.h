// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace p3scan::notify {

/// Lets so many mails through in each period and counts the others, for one summary at the period's end, which is the
/// first mail of the next period. A period begins with the first mail after the last one's end. Time comes from the caller.
class Rate {
 public:
  using Clock = std::chrono::steady_clock;

  struct Summary {
    std::uint64_t mails = 0;
    std::map<std::string, std::uint64_t> by_name;  // at most kMaxNames; the rest is only in `mails`
  };
  static constexpr std::size_t kMaxNames = 40;

  /// `most` mails; 0: no limit.
  Rate(std::uint32_t most, Clock::duration period) : most_(most), period_(period) {}

  /// True: send it. False: it was counted under this name, of which 100 octets matter.
  bool admit(Clock::time_point now, std::string_view name);

  /// When the summary is to be sent; nothing if there is nothing to tell.
  std::optional<Clock::time_point> due() const { return due_; }

  /// What was held back; forgotten by this. For calls at due(), or before when everything ends.
  Summary take(Clock::time_point now);

  /// What was counted stays.
  void set_most(std::uint32_t most) { most_ = most; }

 private:
  void roll(Clock::time_point now);

  std::uint32_t most_;
  Clock::duration period_;
  std::optional<Clock::time_point> start_;
  std::uint32_t sent_ = 0;
  Summary held_;
  std::optional<Clock::time_point> due_;
};

}  // namespace p3scan::notify
