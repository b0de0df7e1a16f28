// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/rate.h"

#include <utility>

namespace p3scan::notify {
namespace {

constexpr std::size_t kMaxName = 100;

}  // namespace

void Rate::roll(Clock::time_point now) {
  if (start_ && now < *start_ + period_) return;
  start_ = now;
  sent_ = due_ ? 1 : 0;  // the summary goes out, too
}

bool Rate::admit(Clock::time_point now, std::string_view name) {
  if (most_ == 0) return true;
  roll(now);
  if (sent_ < most_) {
    ++sent_;
    return true;
  }
  ++held_.mails;
  std::string key(name.substr(0, kMaxName));
  if (held_.by_name.size() < kMaxNames || held_.by_name.contains(key)) ++held_.by_name[std::move(key)];
  if (!due_) due_ = *start_ + period_;
  return false;
}

Rate::Summary Rate::take(Clock::time_point now) {
  roll(now);
  due_.reset();
  return std::exchange(held_, {});
}

}  // namespace p3scan::notify
