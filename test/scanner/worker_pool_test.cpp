// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/worker_pool.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <functional>

#include "scanner/fake_worker.h"

namespace p3scan {
namespace {

using scan::Clean;
using scan::Failed;
using scan::Infected;
using scan::Verdict;
using test::FakeWorker;

const Verdict kEicar = Infected{.name = "Eicar", .engine = "libclamav"};

UniqueFd file_of(std::string_view text) {
  UniqueFd fd(::memfd_create("message", MFD_CLOEXEC));
  EXPECT_EQ(::write(fd.get(), text.data(), text.size()), std::ssize(text));
  return fd;
}

/// A scan under way.
struct Scan {
  std::optional<Verdict> verdict;
  std::exception_ptr error;
  asio::cancellation_signal cancel;
  bool over() const { return verdict || error; }
};

class WorkerPoolTest : public testing::Test {
 protected:
  WorkerPoolTest() {
    auto sockets = packet_sockets();
    announcements = std::move(sockets->ours);
    pool.emplace(io.get_executor(), std::move(sockets->theirs));
  }

  std::unique_ptr<FakeWorker> worker(std::uint64_t generation = 1) {
    auto made = std::make_unique<FakeWorker>(announcements.get(), generation);
    io.poll();
    return made;
  }

  std::unique_ptr<Scan> start(std::string_view text) {
    auto made = std::make_unique<Scan>();
    asio::co_spawn(io, pool->scan(file_of(text)),
                   asio::bind_cancellation_slot(made->cancel.slot(), [s = made.get()](std::exception_ptr e, Verdict v) {
                     s->error = std::move(e);
                     if (!s->error) s->verdict = std::move(v);
                   }));
    io.poll();
    return made;
  }

  /// A hang ends the test program by the time limit of ctest.
  void run_until(const std::function<bool()>& condition) {
    io.restart();
    while (!condition()) io.run_one();
  }

  asio::io_context io;
  UniqueFd announcements;
  std::optional<WorkerPool> pool;
};

TEST_F(WorkerPoolTest, GivesTheMessageAndTakesTheAnswer) {
  const auto one = worker();
  for (const auto& verdict : {Verdict(Clean{}), kEicar, Verdict(scan::Unscannable{"encrypted: x"})}) {
    const auto scan = start("hello");
    EXPECT_EQ(one->job(), "hello");
    EXPECT_FALSE(scan->over());
    one->answer(verdict);
    run_until([&] { return scan->over(); });
    EXPECT_EQ(scan->verdict, verdict);
  }
  EXPECT_FALSE(one->process.was_killed());
}

TEST_F(WorkerPoolTest, WaitsForAWorkerFirstComeFirstServed) {
  const auto first = start("first");
  const auto second = start("second");
  EXPECT_FALSE(first->over());
  const auto one = worker();
  EXPECT_EQ(one->job(), "first");
  EXPECT_FALSE(one->job()) << "one message at a time";
  one->answer(Clean{});
  run_until([&] { return first->over(); });
  io.poll();
  EXPECT_EQ(one->job(), "second");
  one->answer(kEicar);
  run_until([&] { return second->over(); });
  EXPECT_EQ(first->verdict, Verdict(Clean{}));
  EXPECT_EQ(second->verdict, kEicar);
}

TEST_F(WorkerPoolTest, DeathWithAMessageIsFailedAndTheNextOneWorks) {
  const auto one = worker();
  const auto scan = start("bad");
  EXPECT_EQ(one->job(), "bad");
  one->die();
  run_until([&] { return scan->over(); });
  EXPECT_TRUE(std::holds_alternative<Failed>(*scan->verdict));
  const auto next = start("good");
  const auto two = worker();
  EXPECT_EQ(two->job(), "good");
  two->answer(Clean{});
  run_until([&] { return next->over(); });
  EXPECT_EQ(next->verdict, Verdict(Clean{}));
}

TEST_F(WorkerPoolTest, DeathWithoutAMessageLosesNothing) {
  const auto two = worker();
  const auto one = worker();
  one->die();
  const auto scan = start("hello");
  EXPECT_EQ(two->job(), "hello");
  two->answer(Clean{});
  run_until([&] { return scan->over(); });
  EXPECT_EQ(scan->verdict, Verdict(Clean{}));
}

TEST_F(WorkerPoolTest, NonsenseIsFailed) {
  for (const std::string_view text : {"nonsense", "Clean", "clean x", "infected"}) {
    const auto one = worker();
    const auto scan = start("hello");
    ASSERT_TRUE(one->job());
    one->say(text);
    run_until([&] { return scan->over(); });
    EXPECT_TRUE(std::holds_alternative<Failed>(*scan->verdict)) << text;
    one->die();
  }
}

TEST_F(WorkerPoolTest, CancellingKillsTheWorker) {
  const auto one = worker();
  const auto scan = start("endless");
  ASSERT_TRUE(one->job());
  EXPECT_FALSE(one->process.was_killed());
  scan->cancel.emit(asio::cancellation_type::all);
  run_until([&] { return scan->over(); });
  EXPECT_FALSE(scan->verdict && std::holds_alternative<Clean>(*scan->verdict));
  int status = 0;
  EXPECT_EQ(::waitpid(one->process.pid(), &status, 0), one->process.pid()) << "else the test hangs";
  EXPECT_TRUE(WIFSIGNALED(status));
  const auto next = start("next");
  EXPECT_FALSE(one->job()) << "it is out of use";
  EXPECT_FALSE(next->over());
}

TEST_F(WorkerPoolTest, CancellingAWaitGivesUpItsPlace) {
  const auto first = start("first");
  const auto second = start("second");
  first->cancel.emit(asio::cancellation_type::all);
  run_until([&] { return first->over(); });
  const auto one = worker();
  EXPECT_EQ(one->job(), "second");
  EXPECT_FALSE(one->process.was_killed());
}

TEST_F(WorkerPoolTest, ANewGenerationRetiresTheOldOne) {
  const auto idle = worker(1);
  const auto busy = worker(1);
  const auto scan = start("hello");
  EXPECT_EQ(busy->job(), "hello") << "the one that came last has warm memory";
  const auto fresh = worker(2);
  EXPECT_TRUE(idle->was_retired());
  EXPECT_FALSE(busy->was_retired());
  busy->answer(kEicar);
  run_until([&] { return scan->over(); });
  EXPECT_EQ(scan->verdict, kEicar) << "an old database's answer counts";
  EXPECT_TRUE(busy->was_retired());
  const auto late = worker(1);
  EXPECT_TRUE(late->was_retired());
  const auto next = start("next");
  EXPECT_EQ(fresh->job(), "next");
}

TEST_F(WorkerPoolTest, EndsInTheMiddleOfScans) {
  const auto waiting = start("waiting");
  const auto called = start("called");
  const auto one = worker();
  ASSERT_TRUE(one->job());
  const FakeWorker two(announcements.get(), 1);
  while (!io.poll_one()) {}  // the announcement, but not yet the one it calls
  pool.reset();
  // The coroutines end after the pool, with the context; until then nobody has been told a verdict.
  EXPECT_FALSE(waiting->over());
  EXPECT_FALSE(called->over());
}

TEST_F(WorkerPoolTest, IgnoresOddAnnouncements) {
  ASSERT_TRUE(send_packet(announcements.get(), "nonsense"));
  ASSERT_TRUE(send_packet(announcements.get(), scan::encode_announcement({.generation = 1, .pid = 1})));
  io.poll();
  const auto scan = start("hello");
  const auto one = worker();
  EXPECT_EQ(one->job(), "hello");
}

}  // namespace
}  // namespace p3scan
