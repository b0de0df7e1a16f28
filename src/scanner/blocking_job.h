// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/asio/asio.h"
#include "scanner/cancelled.h"

namespace p3scan {

/// A piece of work on another thread, as the one who waits for it and the thread see it.
template <class T>
struct BlockingJob {
  explicit BlockingJob(const asio::any_io_executor& executor)
      : home(asio::prefer(executor, asio::execution::outstanding_work_t::tracked)) {}

  std::mutex mutex;
  std::optional<asio::any_io_executor> home;  // none: nobody waits any more, and the event loop may be gone
  std::atomic<bool> stop = false;
  asio::steady_timer* done = nullptr;  // on the event loop's thread only, as the next two
  std::optional<T> value;
  std::exception_ptr error;
};

/// Runs `work` on a thread of the pool and waits for its value; what it throws is thrown here. Cancelled, this throws
/// operation_aborted at once, `stop` becomes true, and the work ends by itself: it must own all that it uses.
template <class T>
asio::awaitable<T> run_blocking(asio::thread_pool& pool, std::function<T(const std::atomic<bool>& stop)> work) {
  using Job = BlockingJob<T>;
  struct Waiter {
    explicit Waiter(const asio::any_io_executor& executor)
        : done(executor, asio::steady_timer::time_point::max()), job(std::make_shared<Job>(executor)) {
      job->done = &done;
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    Waiter(Waiter&&) = delete;
    Waiter& operator=(Waiter&&) = delete;
    ~Waiter() {
      job->stop = true;
      job->done = nullptr;
      const std::scoped_lock lock(job->mutex);
      job->home.reset();
    }
    asio::steady_timer done;  // never expires
    std::shared_ptr<Job> job;
  };
  const Waiter waiter(co_await asio::this_coro::executor);
  asio::post(pool, [job = waiter.job, work = std::move(work)]() mutable {
    std::optional<T> value;
    std::exception_ptr error;
    try {
      value = work(job->stop);
    } catch (...) {
      error = std::current_exception();
    }
    work = nullptr;  // what it owns ends here, not on the event loop
    const std::scoped_lock lock(job->mutex);
    if (!job->home) return;
    asio::post(*job->home, [job, value = std::move(value), error = std::move(error)]() mutable {
      job->value = std::move(value);
      job->error = std::move(error);
      if (job->done != nullptr) job->done->cancel();
    });
  });
  auto& job = *waiter.job;
  while (!job.value && !job.error) {
    co_await job.done->async_wait(kNothrow);
    co_await throw_if_cancelled();
  }
  if (job.error) std::rethrow_exception(job.error);
  co_return std::move(*job.value);
}

}  // namespace p3scan
