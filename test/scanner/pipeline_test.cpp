// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/pipeline.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/asio/asio.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

using scan::Clean;
using scan::Failed;
using scan::Infected;
using scan::Unscannable;
using scan::Verdict;

class Scripted final : public Scanner {
 public:
  using Script = std::function<Verdict()>;
  explicit Scripted(Script script) : script_(std::move(script)) {}
  std::string_view name() const override { return "scripted"; }
  asio::awaitable<Verdict> scan(Message& /*message*/, const scan::MailFacts& /*facts*/) override {
    co_await asio::post(asio::use_awaitable);
    co_return script_();
  }

 private:
  Script script_;
};

/// Never ends by itself.
class Endless final : public Scanner {
 public:
  std::string_view name() const override { return "endless"; }
  asio::awaitable<Verdict> scan(Message& /*message*/, const scan::MailFacts& /*facts*/) override {
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
    co_return Clean{};
  }
};

class PipelineTest : public testing::Test {
 protected:
  void add(Scripted::Script script) { scanners.push_back(std::make_unique<Scripted>(std::move(script))); }
  void say(const Verdict& verdict) {
    add([verdict] { return verdict; });
  }
  const scan::MailFacts facts;
  Verdict run() { return test::run(io, scan_all(scanners, message, facts)); }

  test::Scratch dir;
  asio::io_context io;
  Message message{io.get_executor(), SpoolLimits{.directory = dir.path(), .keep_free = 0}};
  std::vector<std::unique_ptr<Scanner>> scanners;
};

const Verdict kEicar = Infected{.name = "Eicar", .engine = "scripted"};

TEST_F(PipelineTest, NobodyToAskIsFailed) { EXPECT_TRUE(std::holds_alternative<Failed>(run())); }

TEST_F(PipelineTest, AllMustSayClean) {
  say(Clean{});
  EXPECT_EQ(run(), Verdict(Clean{}));
  say(Clean{});
  EXPECT_EQ(run(), Verdict(Clean{}));
  say(Unscannable{"x"});
  EXPECT_EQ(run(), Verdict(Unscannable{"x"}));
  say(Failed{"y"});
  EXPECT_EQ(run(), Verdict(Failed{"y"}));
  say(kEicar);
  EXPECT_EQ(run(), kEicar);
}

TEST_F(PipelineTest, AnExceptionIsFailed) {
  for (const int others : {0, 1, 2}) {
    scanners.clear();
    for (int i = 0; i < others; ++i) say(Clean{});
    add([]() -> Verdict { throw std::runtime_error("broken"); });
    EXPECT_EQ(run(), Verdict(Failed{"scripted: broken"})) << others;
    say(kEicar);
    EXPECT_EQ(run(), kEicar);
  }
}

TEST_F(PipelineTest, CancellingEndsAllEngines) {
  for (const int count : {1, 2}) {
    scanners.clear();
    for (int i = 0; i < count; ++i) scanners.push_back(std::make_unique<Endless>());
    asio::cancellation_signal cancel;
    std::optional<Verdict> verdict;
    std::exception_ptr error;
    asio::co_spawn(io, scan_all(scanners, message, facts),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e, Verdict v) {
                     error = std::move(e);
                     verdict = std::move(v);
                   }));
    io.restart();
    io.poll();
    EXPECT_FALSE(verdict);
    cancel.emit(asio::cancellation_type::all);
    io.poll();
    ASSERT_TRUE(verdict) << count;
    EXPECT_TRUE(error || std::holds_alternative<Failed>(*verdict));
  }
}

}  // namespace
}  // namespace p3scan
