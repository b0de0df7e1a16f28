// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/turns.h"

#include "scanner/cancelled.h"

namespace p3scan {

asio::awaitable<void> Turns::take() {
  while (running_ >= most_) {
    co_await waiting_.async_wait(kNothrow);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() == asio::cancellation_type::none) continue;
    waiting_.cancel_one();  // the turn may have been this one's
    co_await throw_if_cancelled();
  }
  ++running_;
}

}  // namespace p3scan
