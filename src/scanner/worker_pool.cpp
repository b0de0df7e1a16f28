// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/worker_pool.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "base/packet_socket.h"
#include "scan/worker_reply.h"
#include "scan/worker_wire.h"

namespace p3scan {

struct WorkerPool::Worker {
  Worker(const asio::any_io_executor& executor, std::uint64_t generation_, UniqueFd socket, UniqueFd process_)
      : generation(generation_), job(executor, socket.release()), process(std::move(process_)) {}

  void kill() const { ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0); }

  std::uint64_t generation;
  asio::posix::stream_descriptor job;  // only waited on; packets go by sendmsg and recvmsg
  UniqueFd process;
};

/// A place in the queue, given up whatever way the waiting ends.
struct WorkerPool::Waiter {
  explicit Waiter(WorkerPool& pool_)
      : pool(&pool_), turn(pool->executor_), place(pool->waiting_.insert(pool->waiting_.end(), this)) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  Waiter(Waiter&&) = delete;
  Waiter& operator=(Waiter&&) = delete;
  ~Waiter() {
    if (pool == nullptr) return;
    (called ? pool->called_ : pool->waiting_).erase(place);
    if (worker) pool->release(std::move(worker));
  }

  WorkerPool* pool;  // none: it is gone, which happens when a gateway ends in the middle of scans
  net::Event turn;
  std::list<Waiter*>::iterator place;
  bool called = false;
  std::unique_ptr<Worker> worker;
};

/// Holds a worker for one job. Whatever way the job ends before its answer is there, the worker ends with it.
class WorkerPool::Lease {
 public:
  Lease(WorkerPool& pool, std::unique_ptr<Worker> worker) : pool_(pool), worker_(std::move(worker)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  Lease(Lease&&) = delete;
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    if (worker_) worker_->kill();
  }

  Worker& operator*() { return *worker_; }
  void give_back() { pool_.release(std::move(worker_)); }

 private:
  WorkerPool& pool_;
  std::unique_ptr<Worker> worker_;
};

WorkerPool::WorkerPool(asio::any_io_executor executor, UniqueFd announcements)
    : executor_(std::move(executor)), announcements_(executor_) {
  if (!announcements) return;
  announcements_.assign(announcements.release());
  asio::co_spawn(executor_, take_announcements(), asio::detached);
}

WorkerPool::~WorkerPool() {
  for (auto* waiters : {&waiting_, &called_})
    for (auto* waiter : *waiters) waiter->pool = nullptr;
}

asio::awaitable<void> WorkerPool::take_announcements() {
  for (;;) {
    const auto [ec] = co_await announcements_.async_wait(asio::posix::stream_descriptor::wait_read, kNothrow);
    if (ec) co_return;
    auto packet = receive_packet(announcements_.native_handle());
    if (!packet) continue;
    if (packet->text.empty()) co_return;
    const auto announced = scan::decode_announcement(packet->text);
    if (!announced || packet->fds.size() != scan::kAnnouncementDescriptors) continue;
    add(std::make_unique<Worker>(executor_, announced->generation, std::move(packet->fds[0]),
                                 std::move(packet->fds[1])));
  }
}

/// Closing the job socket ends a worker that has no job.
void WorkerPool::add(std::unique_ptr<Worker> worker) {
  if (worker->generation > newest_) {
    newest_ = worker->generation;
    std::erase_if(idle_, [this](const auto& old) { return old->generation < newest_; });
  }
  release(std::move(worker));
}

void WorkerPool::release(std::unique_ptr<Worker> worker) {
  if (worker->generation < newest_) return;
  if (waiting_.empty()) {
    idle_.push_back(std::move(worker));
    return;
  }
  auto* next = waiting_.front();
  called_.splice(called_.end(), waiting_, next->place);
  next->called = true;
  next->worker = std::move(worker);
  next->turn.set();
}

asio::awaitable<scan::Verdict> WorkerPool::scan(UniqueFd message) {
  co_return co_await asio::co_spawn(executor_, run(std::move(message)), asio::use_awaitable);
}

asio::awaitable<std::unique_ptr<WorkerPool::Worker>> WorkerPool::acquire() {
  if (!idle_.empty()) {
    auto worker = std::move(idle_.back());  // the one whose memory is warm
    idle_.pop_back();
    co_return worker;
  }
  Waiter waiter(*this);
  co_await waiter.turn.wait();
  co_return std::move(waiter.worker);  // none when cancelled
}

asio::awaitable<scan::Verdict> WorkerPool::run(UniqueFd message) {
  for (;;) {
    auto worker = co_await acquire();
    if (!worker) co_return scan::Failed{"libclamav: given up"};
    Lease lease(*this, std::move(worker));
    const std::array fds{message.get()};
    if (!send_packet((*lease).job.native_handle(), scan::kWorkerJob, fds)) continue;  // it died without a job
    const auto [ec] = co_await (*lease).job.async_wait(asio::posix::stream_descriptor::wait_read, kNothrow);
    if (ec) co_return scan::Failed{"libclamav: given up"};
    const auto packet = receive_packet((*lease).job.native_handle());
    if (!packet || packet->text.empty()) co_return scan::Failed{"libclamav: the scanning process died"};
    auto verdict = scan::decode_worker_reply(packet->text);
    lease.give_back();
    co_return verdict;
  }
}

}  // namespace p3scan
