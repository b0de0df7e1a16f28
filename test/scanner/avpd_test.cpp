// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/avpd.h"

#include <gtest/gtest.h>

#include "scanner/fake_daemon.h"
#include "scanner/trophie.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

using namespace std::string_literals;
using scan::Clean;
using scan::Failed;
using scan::Infected;
using scan::Unscannable;
using scan::Verdict;
using test::FakeDaemon;

constexpr std::string_view kPath = "/var/spool/p3scan/children/basic.x/y/p3scan.z";
const AvpdTimes kQuick{.connect = std::chrono::milliseconds(1000), .greeting = std::chrono::milliseconds(30)};

/// What a kavdaemon of 64 bits says.
std::string avpctl(char code, const std::string& text = "") {
  std::string out{static_cast<char>('0' + code), static_cast<char>(text.empty() ? 0 : 1)};
  if (text.empty()) return out;
  out += static_cast<char>(text.size());
  return out.append(7, '\0') + text;
}

class DaemonTest : public testing::Test {
 protected:
  Verdict ask(PathEngine& engine) {
    const Message message(io.get_executor(), SpoolLimits{.directory = dir.path()});
    return test::wait_for(io, engine.look(std::string(kPath), message, facts));
  }
  bool fails(PathEngine& engine) { return std::holds_alternative<Failed>(ask(engine)); }

  /// A scan that is cancelled while the daemon thinks gives its connection back at once.
  void cancel_one(PathEngine& engine, FakeDaemon& daemon) {
    daemon.hangs = true;
    const Message message(io.get_executor(), SpoolLimits{.directory = dir.path()});
    const std::string path(kPath);
    asio::cancellation_signal cancel;
    bool ended = false;
    asio::co_spawn(io, engine.look(path, message, facts),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, const Verdict& verdict) {
                     ended = true;
                     EXPECT_TRUE(error || std::holds_alternative<Failed>(verdict));
                   }));
    while (daemon.requests.empty()) io.run_one();
    EXPECT_FALSE(ended);
    cancel.emit(asio::cancellation_type::all);
    while (!ended || daemon.closed != daemon.connections) io.run_one();
  }

  test::Scratch dir;
  asio::io_context io;
  const scan::MailFacts facts;
};

class AvpdTest : public DaemonTest {
 protected:
  FakeDaemon daemon{io, dir.path() + "/AvpCtl", '\0'};
  AvpdEngine engine{dir.path(), kQuick};
};

TEST_F(AvpdTest, Verdicts) {
  struct Row {
    std::string reply;
    Verdict expected;
  };
  const auto virus = std::string(kPath) + "  infected: EICAR-Test-File";
  const Row rows[] = {
      {avpctl(0), Clean{}},
      {avpctl(4, virus), Infected{.name = "EICAR-Test-File", .engine = "avpd"}},
      {avpctl(3, virus), Infected{.name = "EICAR-Test-File", .engine = "avpd"}},
      {avpctl(2), Infected{.name = std::string(scan::kUnnamedVirus), .engine = "avpd"}},
      {avpctl(1), Failed{"avpd: the scan did not finish"}},
      {avpctl(7), Failed{"avpd: the scanner is damaged"}},
      {avpctl(8), Unscannable{"avpd: a corrupted object"}},
      {avpctl(0xf), Failed{"avpd: asks what to do with an infected object"}},
      {avpctl(0x40), Failed{"avpd: internal error 0x40"}},
      {"4\1" + std::string(1, static_cast<char>(virus.size())) + "\0\0\0"s + virus,
       Infected{.name = "EICAR-Test-File", .engine = "avpd"}},
  };
  for (const auto& row : rows) {
    for (const std::size_t piece : {1UL, 3UL, 1000UL}) {
      daemon.reply = row.reply;
      daemon.piece = piece;
      EXPECT_EQ(ask(engine), row.expected);
    }
  }
  EXPECT_EQ(daemon.connections, 30);
  ASSERT_FALSE(daemon.requests.empty());
  const auto& request = daemon.requests.front();
  EXPECT_TRUE(request.starts_with("<0>")) << request;
  EXPECT_TRUE(request.ends_with(":" + std::string(kPath))) << request;
  EXPECT_EQ(request.size(), 19 + kPath.size()) << request;
}

TEST_F(AvpdTest, ABrokenConnectionIsFailed) {
  daemon.hangs_up = true;
  for (const std::string& reply : {""s, "0"s, "0\1"s, "0\1\5\0\0\0\0\0\0\0abc"s}) {
    daemon.reply = reply;
    EXPECT_TRUE(fails(engine)) << reply;
  }
  daemon.stop();
  EXPECT_TRUE(fails(engine));
  AvpdEngine nowhere(dir.path() + "/none");
  EXPECT_TRUE(fails(nowhere));
}

TEST_F(AvpdTest, Cancelled) { cancel_one(engine, daemon); }

TEST_F(AvpdTest, TheNewOneSpeaksTheOldProtocol) {
  AvpdNewEngine either(dir.path(), kQuick);
  daemon.reply = avpctl(0);
  EXPECT_EQ(ask(either), Verdict(Clean{}));
  daemon.reply = avpctl(4);
  EXPECT_EQ(ask(either), (Verdict{Infected{.name = std::string(scan::kUnnamedVirus), .engine = "avpd_new"}}));
}

class AveserverTest : public DaemonTest {
 protected:
  FakeDaemon daemon{io, dir.path() + "/aveserver", '\0'};
  AvpdNewEngine engine{dir.path(), kQuick};
  const std::string clean = "220 OK\r\n";
  const std::string virus = "322-" + std::string(kPath) + " infected: EICAR-Test-File\r\n220 OK\r\n";
  const Verdict eicar = Infected{.name = "EICAR-Test-File", .engine = "avpd_new"};
};

TEST_F(AveserverTest, Verdicts) {
  for (const std::string greeting : {"", "201 ready\r\n"}) {
    for (const std::size_t piece : {1UL, 1000UL}) {
      daemon.greeting = greeting;
      daemon.piece = piece;
      daemon.reply = clean;
      EXPECT_EQ(ask(engine), Verdict(Clean{})) << greeting;
      daemon.reply = virus;
      EXPECT_EQ(ask(engine), eicar) << greeting;
      daemon.reply = "500 broken\r\n";
      EXPECT_TRUE(fails(engine)) << greeting;
    }
  }
  EXPECT_EQ(daemon.requests.back(), "SCAN xmQPRSTUWabcdefghi " + std::string(kPath) + "\r\n");
}

TEST_F(AveserverTest, AGreetingThatComesLateIsNoAnswer) {
  daemon.greeting = "220 ready\r\n";
  daemon.greets_after = kQuick.greeting * 3;
  daemon.reply = virus;
  EXPECT_EQ(ask(engine), eicar);
}

TEST_F(AveserverTest, NotReady) {
  daemon.greeting = "521 busy\r\n";
  daemon.reply = clean;
  EXPECT_TRUE(fails(engine));
}

TEST_F(AveserverTest, ABrokenConnectionIsFailed) {
  daemon.hangs_up = true;
  for (const std::string reply : {"", "220 O", "320-x\r\n"}) {
    daemon.greeting = "220 ready\r\n";
    daemon.reply = reply;
    EXPECT_TRUE(fails(engine)) << reply;
  }
  daemon.stop();
  EXPECT_TRUE(fails(engine));
}

TEST_F(AveserverTest, Cancelled) { cancel_one(engine, daemon); }

class TrophieTest : public DaemonTest {
 protected:
  const TrophieTimes quick{.connect = std::chrono::milliseconds(1000), .silence = std::chrono::milliseconds(30)};
  FakeDaemon daemon{io, dir.path() + "/sophie", '\n'};
  TrophieEngine engine{"sophie", {dir.path() + "/none", dir.path() + "/sophie"}, quick};
};

TEST_F(TrophieTest, Verdicts) {
  struct Row {
    std::string reply;
    Verdict expected;
  };
  const Row rows[] = {
      {"0\n", Clean{}},
      {"0", Clean{}},
      {"1:EICAR-AV-Test\n", Infected{.name = "EICAR-AV-Test", .engine = "sophie"}},
      {"1:EICAR-AV-Test", Infected{.name = "EICAR-AV-Test", .engine = "sophie"}},
      {"-1\n", Failed{"sophie: -1"}},
      {"-1", Failed{"sophie: -1"}},
      {std::string(600, '0'), Failed{"sophie: " + std::string(200, '0')}},
  };
  for (const auto& row : rows) {
    for (const bool hangs_up : {false, true}) {
      daemon.reply = row.reply;
      daemon.hangs_up = hangs_up;
      EXPECT_EQ(ask(engine), row.expected) << row.reply;
    }
  }
  EXPECT_EQ(daemon.requests.front(), kPath);
}

TEST_F(TrophieTest, ABrokenConnectionIsFailed) {
  daemon.hangs_up = true;
  EXPECT_TRUE(fails(engine));
  daemon.stop();
  EXPECT_TRUE(fails(engine));
}

TEST_F(TrophieTest, Cancelled) { cancel_one(engine, daemon); }

}  // namespace
}  // namespace p3scan
