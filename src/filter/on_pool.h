// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "base/asio/asio.h"
#include "scanner/cancelled.h"

namespace p3scan {

/// Tells work on another thread that nobody wants its result any more.
class StopFlag {
 public:
  void set() { flag_->store(true, std::memory_order_relaxed); }
  bool is_set() const { return flag_->load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<std::atomic<bool>> flag_ = std::make_shared<std::atomic<bool>>(false);
};

namespace on_pool_detail {
template <class Work>
asio::awaitable<std::invoke_result_t<Work&, StopFlag>> call(Work& work, StopFlag stop) {
  co_return work(stop);
}
}  // namespace on_pool_detail

/// The result of `work(stop)`, which runs on a thread of `pool`; what it throws is thrown here. When the limit is over,
/// or this coroutine is cancelled, `stop` is set, so that work which looks at it ends soon; then this throws, and never
/// before work has ended: what it refers to may live in the caller.
template <class Work>
asio::awaitable<std::invoke_result_t<Work&, StopFlag>> on_pool(asio::thread_pool& pool, std::chrono::milliseconds limit,
                                                               Work work) {
  StopFlag stop;
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  asio::steady_timer timer(co_await asio::this_coro::executor, limit);
  timer.async_wait([stop](const error_code& ec) mutable {
    if (!ec) stop.set();
  });
  // The work is waited for without this coroutine's slot, so the slot is free to set the flag.
  auto slot = cancellation.slot();
  if (slot.is_connected()) slot.assign([stop](asio::cancellation_type) mutable { stop.set(); });
  auto result = co_await asio::co_spawn(pool, on_pool_detail::call<Work>(work, stop),
                                        asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
  if (slot.is_connected()) slot.clear();
  co_await throw_if_cancelled();
  if (stop.is_set()) throw std::runtime_error("it took too long");
  co_return result;
}

}  // namespace p3scan
