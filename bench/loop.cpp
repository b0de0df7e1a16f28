// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

namespace p3scan::bench {
namespace {

/// Notes the news and wakes the coroutine that waited for it. The watch may be gone afterwards.
void dispatch(Watch& watch, std::uint32_t events) {
  constexpr std::uint32_t kEnd = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  if ((events & kEnd) != 0) watch.hangup = true;
  if ((events & (kEnd | EPOLLIN)) != 0) watch.readable = true;
  if ((events & (EPOLLHUP | EPOLLERR | EPOLLOUT)) != 0) watch.writable = true;
  const bool ready = watch.wanted == EPOLLIN ? watch.readable : watch.writable;
  if (watch.waiter && ready) std::exchange(watch.waiter, nullptr).resume();
}

}  // namespace

Loop::Loop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

void Loop::add(int fd, Watch& watch, std::uint32_t flags) {
  epoll_event event{.events = EPOLLIN | EPOLLET | flags, .data = {.ptr = &watch}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

int Loop::next_timeout() const {
  if (timers_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first - Clock::now());
  return static_cast<int>(std::max(left.count(), std::chrono::milliseconds::rep{0}));
}

void Loop::fire_timers() {
  while (!timers_.empty() && timers_.begin()->first <= Clock::now()) timers_.extract(timers_.begin()).mapped().resume();
}

void Loop::run() {
  std::array<epoll_event, 256> events{};
  while (!stopped_) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), next_timeout());
    if (count < 0) return;
    for (const auto& event : std::span(events).first(static_cast<std::size_t>(count)))
      dispatch(*static_cast<Watch*>(event.data.ptr), event.events);
    fire_timers();
  }
}

}  // namespace p3scan::bench
