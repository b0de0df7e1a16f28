// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <deque>
#include <list>
#include <memory>

#include "base/unique_fd.h"
#include "net/event.h"
#include "scan/verdict.h"

namespace p3scan {

/// The processes that run the embedded engine, as the gateway sees them: they come by announcement (scan/worker_wire.h),
/// take one message at a time, and may die of one. Lives on one executor; scan() may be called from any.
class WorkerPool {
 public:
  WorkerPool(asio::any_io_executor executor, UniqueFd announcements);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  WorkerPool(WorkerPool&&) = delete;
  WorkerPool& operator=(WorkerPool&&) = delete;
  ~WorkerPool();

  /// The verdict of one worker about the message behind the descriptor. While there is no idle worker it waits: the
  /// caller's deadline is the bound. Cancelling kills the worker that has the job.
  asio::awaitable<scan::Verdict> scan(UniqueFd message);

 private:
  struct Worker;
  struct Waiter;
  class Lease;

  asio::awaitable<void> take_announcements();
  void add(std::unique_ptr<Worker> worker);
  void release(std::unique_ptr<Worker> worker);
  asio::awaitable<scan::Verdict> run(UniqueFd message);
  asio::awaitable<std::unique_ptr<Worker>> acquire();

  asio::any_io_executor executor_;
  asio::posix::stream_descriptor announcements_;
  std::deque<std::unique_ptr<Worker>> idle_;
  std::list<Waiter*> waiting_;  // first come, first served
  std::list<Waiter*> called_;   // have a worker, but did not run yet
  std::uint64_t newest_ = 0;    // generation; older workers go once they are idle
};

}  // namespace p3scan
