// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/clamd.h"

#include <gtest/gtest.h>

#include <list>

#include "scan/mail_magic.h"
#include "scanner/fake_clamd.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

using scan::Clean;
using scan::Failed;
using scan::Infected;
using scan::Unscannable;
using scan::Verdict;
using test::FakeClamd;
using test::noise;
using test::Scratch;

constexpr std::string_view kMail = "Received: x\r\nSubject: hi\r\n\r\nhello\r\n";
/// A mail that begins like one for more than the window by which clamd judges.
std::string mail_of(std::string_view body) { return std::string(kMail).append(1024, '.').append(body); }
const Verdict kEicar = Infected{.name = "Eicar", .engine = "clamd"};

class ClamdTest : public testing::Test {
 protected:
  void use(std::initializer_list<std::string> targets) {
    std::vector<ClamdTarget> parsed;
    for (const auto& target : targets) parsed.push_back(*parse_clamd_target(target));
    clamd = std::make_unique<ClamdScanner>(std::move(parsed), times);
  }

  const scan::MailFacts facts;

  std::unique_ptr<Message> message(std::string_view bytes, std::size_t memory = 1 << 20) {
    auto made = std::make_unique<Message>(io.get_executor(),
                                          SpoolLimits{.directory = dir.path(), .memory = memory, .keep_free = 0});
    add(*made, bytes);
    return made;
  }

  static void add(Message& message, std::string_view bytes) {
    const std::array<std::string_view, 1> pieces = {bytes};
    EXPECT_TRUE(message.append(pieces));
  }

  /// Runs until `done`; a hang ends the test program by the time limit of ctest.
  template <class T>
  T wait(asio::awaitable<T> work) {
    std::optional<T> result;
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
      if (error) std::rethrow_exception(error);
      result = std::move(value);
    });
    while (!result) io.run_one();
    return std::move(*result);
  }

  Verdict scan(std::string_view bytes, std::size_t memory = 1 << 20) {
    const auto whole = message(bytes, memory);
    whole->complete();
    return wait(clamd->scan(*whole, facts));
  }

  void run_until(const std::function<bool()>& condition) {
    while (!condition()) io.run_one();
  }

  Scratch dir;
  asio::io_context io;
  FakeClamd one{io};
  FakeClamd two{io};
  std::list<FakeClamd> others;  // to the end of the test: their sessions refer to them
  ClamdTimes times;
  std::unique_ptr<ClamdScanner> clamd;
};

TEST_F(ClamdTest, VerdictsOnOneConnection) {
  use({one.target()});
  EXPECT_EQ(scan(kMail), Verdict(Clean{}));
  EXPECT_EQ(scan(std::string(kMail) + "EICAR"), kEicar);
  EXPECT_EQ(scan(kMail), Verdict(Clean{}));
  EXPECT_EQ(one.connections, 1);
  EXPECT_EQ(one.streams,
            (std::vector<std::string>{std::string(kMail), std::string(kMail) + "EICAR", std::string(kMail)}));
}

TEST_F(ClamdTest, UnixSocketAndNames) {
  use({"localhost:" + std::to_string(one.port())});
  EXPECT_EQ(scan(kMail), Verdict(Clean{}));
  use({dir.path() + "/none"});
  EXPECT_TRUE(std::holds_alternative<Failed>(scan(kMail)));
}

TEST_F(ClamdTest, RepliesInPieces) {
  use({one.target()});
  for (const std::size_t step : {1UL, 2UL, 5UL}) {
    one.reply_step = step;
    EXPECT_EQ(scan(kMail), Verdict(Clean{}));
    EXPECT_EQ(scan(std::string(kMail) + "EICAR"), kEicar);
  }
  EXPECT_EQ(one.connections, 1);
}

TEST_F(ClamdTest, LargeFromFileAndEmpty) {
  use({one.target()});
  const auto bytes = mail_of(noise(1'000'000));
  EXPECT_EQ(scan(bytes, 1000), Verdict(Clean{}));
  EXPECT_EQ(scan(bytes, 2'000'000), Verdict(Clean{}));
  EXPECT_TRUE(one.streams == (std::vector{bytes, bytes}));
  EXPECT_EQ(scan(""), Verdict(Clean{}));
  EXPECT_EQ(one.streams.size(), 4U) << "as it is, and as a mail";
  EXPECT_EQ(one.connections, 1);
}

TEST_F(ClamdTest, StreamsWhileTheMessageGrows) {
  use({one.target()});
  auto all = mail_of("");
  auto growing = message(all, 1000);
  std::optional<Verdict> verdict;
  asio::co_spawn(io, clamd->scan(*growing, facts), [&](std::exception_ptr, Verdict v) { verdict = std::move(v); });
  for (int i = 0; i < 20; ++i) {
    const auto piece = noise(50'000, static_cast<std::uint32_t>(i));
    all += piece;
    add(*growing, piece);
    io.poll();
  }
  EXPECT_FALSE(verdict);
  growing->complete();
  run_until([&] { return verdict.has_value(); });
  EXPECT_EQ(*verdict, Verdict(Clean{}));
  EXPECT_TRUE(one.streams == std::vector{all});
}

TEST_F(ClamdTest, AbandonedMessageClosesTheConnection) {
  use({one.target()});
  auto growing = message(noise(200'000), 1000);
  std::optional<Verdict> verdict;
  asio::co_spawn(io, clamd->scan(*growing, facts), [&](std::exception_ptr, Verdict v) { verdict = std::move(v); });
  run_until([&] { return one.connections == 1; });
  growing->abandon();
  run_until([&] { return verdict && one.closed == 1; });
  EXPECT_TRUE(std::holds_alternative<Failed>(*verdict));
  EXPECT_TRUE(one.streams.empty());
}

TEST_F(ClamdTest, UnusualBeginningsAreLookedAtTwice) {
  use({one.target()});
  EXPECT_EQ(scan("\r\nX-Foo: x\r\n\r\nhello"), Verdict(Clean{}));
  ASSERT_EQ(one.streams.size(), 2U);
  EXPECT_EQ(one.streams[0], "\r\nX-Foo: x\r\n\r\nhello");
  EXPECT_EQ(one.streams[1], std::string(scan::mail_lead()) + "X-Foo: x\r\n\r\nhello");
  one.judge = [](const std::string& bytes) {
    return bytes.starts_with("Received") ? "stream: Eicar FOUND" : "stream: OK";
  };
  EXPECT_EQ(scan("X-Foo: x\r\n\r\nhello"), kEicar);
  EXPECT_EQ(scan("X-Foo: x\r\n\r\n" + noise(300'000), 1000), kEicar);
}

TEST_F(ClamdTest, TooMuchForClamd) {
  one.where = FakeClamd::Break::early;
  use({one.target()});
  const Verdict expected = Unscannable{"over a limit: clamd: INSTREAM size limit exceeded."};
  EXPECT_EQ(scan(kMail), expected);
  EXPECT_EQ(scan(mail_of(noise(5'000'000)), 1000), expected);
}

TEST_F(ClamdTest, TooMuchWhileTheMessageGrows) {
  one.where = FakeClamd::Break::early;
  use({one.target()});
  const auto growing = message(noise(200'000), 1000);
  EXPECT_TRUE(std::holds_alternative<Unscannable>(wait(clamd->scan(*growing, facts))))
      << "without waiting for the rest";
}

TEST_F(ClamdTest, CleanBeforeTheEndIsNoVerdict) {
  one.where = FakeClamd::Break::early_clean;
  use({one.target()});
  const auto growing = message(mail_of(noise(200'000)), 1000);
  std::optional<Verdict> verdict;
  asio::co_spawn(io, clamd->scan(*growing, facts), [&](std::exception_ptr, Verdict v) { verdict = std::move(v); });
  run_until([&] { return one.closed == 1; });
  EXPECT_FALSE(verdict) << "once more when all is here";
  one.where = FakeClamd::Break::never;
  one.judge = [](const std::string&) { return "stream: Eicar FOUND"; };
  growing->complete();
  run_until([&] { return verdict.has_value(); });
  EXPECT_EQ(*verdict, kEicar);
}

TEST_F(ClamdTest, FullBacklogIsNotSuccess) {
  const auto path = dir.path() + "/clamd";
  using Local = asio::local::stream_protocol;
  Local::acceptor acceptor(io, Local::endpoint(path));
  acceptor.listen(0);
  std::vector<Local::socket> waiting;
  for (int i = 0; i < 3; ++i) {
    auto& socket = waiting.emplace_back(io);
    socket.open();
    socket.non_blocking(true);
    error_code full;
    socket.connect(Local::endpoint(path), full);
  }
  times.connect = std::chrono::seconds(0);
  use({path});
  const auto verdict = scan(kMail);
  ASSERT_TRUE(std::holds_alternative<Failed>(verdict));
  EXPECT_NE(std::get<Failed>(verdict).reason.find("too many connections"), std::string::npos)
      << std::get<Failed>(verdict).reason;
}

TEST_F(ClamdTest, OddRepliesAreFailedAndNotReused) {
  use({one.target()});
  for (const std::string_view reply :
       {"stream: (null) FOUND", "COMMAND READ TIMED OUT ERROR", "nonsense", "", "stream: OK "}) {
    one.judge = [reply](const std::string&) { return std::string(reply); };
    EXPECT_TRUE(std::holds_alternative<Failed>(scan(kMail))) << reply;
  }
  one.judge = [](const std::string&) { return std::string("stream: OK\0001: stream: OK", 24); };
  EXPECT_TRUE(std::holds_alternative<Failed>(scan(kMail)));
  one.judge = [](const std::string&) { return "stream: " + std::string(10'000, 'x') + " FOUND"; };
  EXPECT_TRUE(std::holds_alternative<Failed>(scan(kMail)));
  one.numbered = false;
  one.judge = [](const std::string&) { return "7: stream: OK"; };
  EXPECT_TRUE(std::holds_alternative<Failed>(scan(kMail)));
}

TEST_F(ClamdTest, BreaksAtEveryStep) {
  using enum FakeClamd::Break;
  for (const auto where : {accepted, session, command, length, data, end, half_reply}) {
    for (const std::size_t memory : {1UL << 20U, 1000UL}) {
      auto& bad = others.emplace_back(io);
      bad.where = where;
      use({bad.target()});
      const auto bytes = mail_of(noise(300'000));
      EXPECT_TRUE(std::holds_alternative<Failed>(scan(bytes, memory))) << static_cast<int>(where);
      auto& good = others.emplace_back(io);
      use({bad.target(), good.target()});
      EXPECT_EQ(scan(bytes, memory), Verdict(Clean{})) << static_cast<int>(where);
      EXPECT_TRUE(good.streams == std::vector{bytes});
      bad.stop();
      good.stop();
      io.poll();
    }
  }
}

TEST_F(ClamdTest, StaleConnectionIsReplaced) {
  one.where = FakeClamd::Break::after_reply;
  use({one.target()});
  for (int i = 1; i <= 5; ++i) {
    EXPECT_EQ(scan(kMail), Verdict(Clean{}));
    EXPECT_EQ(one.connections, i);
  }
  run_until([&] { return one.closed == 5; });
  EXPECT_EQ(scan(kMail), Verdict(Clean{}));
}

TEST_F(ClamdTest, TargetThatFailedIsAvoidedThenProbed) {
  times.avoid = std::chrono::seconds(0);
  one.where = FakeClamd::Break::command;
  one.broken = 1;
  use({one.target(), two.target()});
  EXPECT_EQ(scan(kMail), Verdict(Clean{}));
  EXPECT_EQ(two.streams.size(), 1U);
  EXPECT_EQ(scan(kMail), Verdict(Clean{}));
  EXPECT_EQ(one.streams.size(), 1U) << "answered a ping, so it has its place again";
  EXPECT_EQ(one.connections, 3);
}

TEST_F(ClamdTest, AvoidedWhileAnotherWorks) {
  one.where = FakeClamd::Break::command;
  use({one.target(), two.target()});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(scan(kMail), Verdict(Clean{}));
  EXPECT_EQ(one.connections, 1);
  EXPECT_EQ(two.connections, 1);
}

TEST_F(ClamdTest, ManyAtOnceAreShared) {
  use({one.target(), two.target()});
  const auto mail = message(kMail);
  mail->complete();
  int clean = 0;
  for (int i = 0; i < 100; ++i) {
    asio::co_spawn(io, clamd->scan(*mail, facts),
                   [&](std::exception_ptr, const Verdict& v) { clean += std::holds_alternative<Clean>(v) ? 1 : 0; });
  }
  run_until([&] { return one.streams.size() + two.streams.size() == 100; });
  io.poll();
  EXPECT_EQ(clean, 100);
  EXPECT_GT(one.streams.size(), 30U);
  EXPECT_GT(two.streams.size(), 30U);
}

TEST_F(ClamdTest, CancellingClosesTheConnection) {
  for (const std::size_t memory : {1UL << 20U, 1000UL}) {
    auto& hanging = others.emplace_back(io);
    hanging.where = FakeClamd::Break::hang;
    use({hanging.target(), one.target()});
    const auto mail = message(mail_of(noise(100'000)), memory);
    mail->complete();
    asio::cancellation_signal cancel;
    std::exception_ptr error;
    asio::co_spawn(
        io, clamd->scan(*mail, facts),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e, const Verdict&) { error = e; }));
    run_until([&] { return hanging.streams.size() == 1; });
    EXPECT_EQ(hanging.closed, 0);
    cancel.emit(asio::cancellation_type::all);
    run_until([&] { return error && hanging.closed == 1; });
    EXPECT_EQ(one.connections, 0) << "nobody waits for another answer";
    hanging.stop();
    io.poll();
  }
}

TEST_F(ClamdTest, Version) {
  EXPECT_EQ(wait(ClamdScanner::version(*parse_clamd_target(one.target()))), "ClamAV fake");
  one.stop();
  EXPECT_FALSE(wait(ClamdScanner::version(*parse_clamd_target("127.0.0.1:1"))));
}

TEST(ClamdTarget, Rows) {
  struct Row {
    std::string_view text;
    std::string_view path;
    std::string_view host;
    std::uint16_t port;
  };
  const Row rows[] = {
      {"/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl", "", 0},
      {"127.0.0.1:3310", "", "127.0.0.1", 3310},
      {"scanner.example", "", "scanner.example", 3310},
      {"[::1]:3311", "", "::1", 3311},
  };
  for (const auto& row : rows) {
    const auto target = parse_clamd_target(row.text);
    ASSERT_TRUE(target) << row.text;
    EXPECT_EQ(target->path, row.path);
    EXPECT_EQ(target->host, row.host);
    EXPECT_EQ(target->port, row.port);
  }
  for (const std::string_view bad : {"", ":3310", "a:", "a:0", "a:65536", "a:x", "::1", "[::1]", "[::1", "[]:1"}) {
    EXPECT_FALSE(parse_clamd_target(bad)) << bad;
  }
  EXPECT_FALSE(parse_clamd_target("/" + std::string(200, 'x')));
}

}  // namespace
}  // namespace p3scan
