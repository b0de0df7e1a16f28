// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "session/harness.h"

namespace p3scan::session::test {
namespace {

constexpr std::string_view kMail = "From: a@example.org\r\nTo: b@example.org\r\nSubject: hi\r\n\r\n.dot\r\nbody\r\n";
constexpr std::string_view kOnWire = "From: a@example.org\r\nTo: b@example.org\r\nSubject: hi\r\n\r\n..dot\r\nbody\r\n.\r\n";

/// A server with one mail, whose octets on the wire are given.
Harness::Part serving(std::string on_wire, int noops = 0) {
  return [on_wire, noops](Wire& wire) -> asio::awaitable<void> {
    co_await wire.tell("+OK ready\r\n");
    EXPECT_EQ(co_await wire.hear("\r\n"), "RETR 1\r\n");
    co_await wire.tell("+OK 99 octets\r\n" + on_wire);
    for (int i = 0; i < noops; ++i) {
      EXPECT_EQ(co_await wire.hear("\r\n"), "NOOP\r\n");
      co_await wire.tell("+OK still here\r\n");
    }
    EXPECT_EQ(co_await wire.hear("\r\n"), "QUIT\r\n");
    co_await wire.tell("+OK bye\r\n");
  };
}

Harness::Part fetching(std::string& got) {
  return [&got](Wire& wire) -> asio::awaitable<void> {
    co_await wire.hear("\r\n");
    co_await wire.tell("RETR 1\r\nQUIT\r\n");
    got = co_await wire.hear_all();
  };
}

TEST(Pop3Session, CleanMailPassesOctetByOctet) {
  Harness harness;
  std::string got;
  const auto end = harness.run(fetching(got), serving(std::string(kOnWire)));
  EXPECT_EQ(got, "+OK 99 octets\r\n" + std::string(kOnWire) + "+OK bye\r\n");
  EXPECT_EQ(end.outcome, proto::Outcome::finished);
  EXPECT_EQ(harness.mails, 1U);
}

TEST(Pop3Session, OneLineIsAddedAtTheEndOfTheHeader) {
  Harness harness;
  harness.services->config.xheader = true;
  std::string got;
  harness.run(fetching(got), serving(std::string(kOnWire)));
  const auto at = got.find("X-P3Scan: ");
  ASSERT_NE(at, std::string::npos) << got;
  EXPECT_TRUE(got.substr(0, at).ends_with("Subject: hi\r\n"));
  const auto line_end = got.find("\r\n", at) + 2;
  EXPECT_EQ(got.substr(0, at) + got.substr(line_end), "+OK 99 octets\r\n" + std::string(kOnWire) + "+OK bye\r\n");
}

TEST(Pop3Session, LargeMailGoesThroughTheSpoolUnchanged) {
  Harness harness;
  std::string large = std::string(kOnWire).substr(0, kOnWire.size() - 3);
  for (int i = 0; i < 60000; ++i) large += "..line " + std::to_string(i) + " .\r\n";
  large += ".\r\n";
  std::string got;
  harness.run(fetching(got), serving(large));
  EXPECT_EQ(got, "+OK 99 octets\r\n" + large + "+OK bye\r\n");
  EXPECT_TRUE(std::filesystem::is_empty(harness.directory()));
}

TEST(Pop3Session, InfectedMailIsReplacedAndQuarantined) {
  Harness harness;
  std::string mail(kOnWire);
  mail.insert(mail.find("body"), "EICAR ");
  std::string got;
  harness.run(fetching(got), serving(mail));
  EXPECT_EQ(got.find("EICAR body"), std::string::npos);
  EXPECT_NE(got.find("Eicar-Test"), std::string::npos) << got;
  EXPECT_TRUE(got.ends_with("\r\n.\r\n+OK bye\r\n"));
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(harness.directory())) {
    ++files;
    EXPECT_EQ(std::filesystem::file_size(file), kMail.size() + 6);
    EXPECT_EQ(static_cast<unsigned>(std::filesystem::status(file).permissions()), 0600U);
  }
  EXPECT_EQ(files, 1);
}

TEST(Pop3Session, FailedScanIsATemporaryErrorAndTheSessionGoesOn) {
  Harness harness;
  harness.scanner([](Message& /*message*/) -> asio::awaitable<scan::Verdict> { co_return scan::Failed{"down"}; });
  std::string got;
  const auto end = harness.run(fetching(got), serving(std::string(kOnWire)));
  EXPECT_TRUE(got.starts_with("-ERR [SYS/TEMP] ")) << got;
  EXPECT_TRUE(got.ends_with("\r\n+OK bye\r\n"));
  EXPECT_EQ(end.outcome, proto::Outcome::finished);
}

TEST(Pop3Session, ScanThatTakesTooLongIsGivenUp) {
  Harness harness;
  harness.services->config.scantimeout = std::chrono::seconds(1);
  bool cancelled = false;
  harness.scanner([&](Message& /*message*/) -> asio::awaitable<scan::Verdict> {
    asio::steady_timer never(harness.io, std::chrono::hours(1));
    const auto [ec] = co_await never.async_wait(kNothrow);
    cancelled = ec == asio::error::operation_aborted;
    co_return scan::Clean{};   // what is said after the deadline does not count
  });
  std::string got;
  harness.run(fetching(got), serving(std::string(kOnWire)));
  EXPECT_TRUE(cancelled);
  EXPECT_TRUE(got.starts_with("-ERR [SYS/TEMP] ")) << got;
}

TEST(Pop3Session, VirusFoundByOneEngineCountsWhenAnotherHangs) {
  Harness harness;
  harness.services->config.scantimeout = std::chrono::seconds(1);
  harness.services->incoming.on_failure = scan::OnFailure::deliver;
  harness.services->scanners.push_back(
      std::make_unique<ScriptedScanner>([&](Message& /*message*/) -> asio::awaitable<scan::Verdict> {
        asio::steady_timer never(harness.io, std::chrono::hours(1));
        co_await never.async_wait(kNothrow);
        co_return scan::Clean{};
      }));
  std::string mail(kOnWire);
  mail.insert(mail.find("body"), "EICAR ");
  std::string got;
  harness.run(fetching(got), serving(mail));
  EXPECT_EQ(got.find("EICAR body"), std::string::npos) << got;
  EXPECT_NE(got.find("Eicar-Test"), std::string::npos) << got;
}

TEST(Pop3Session, KeepAliveSendsHeaderLinesAndTheRestFollowsExactly) {
  Harness harness;
  harness.services->config.timeout = std::chrono::seconds(1);
  net::Event verdict(harness.io.get_executor());
  harness.scanner([&](Message& /*message*/) -> asio::awaitable<scan::Verdict> {
    co_await verdict.wait();
    co_return scan::Clean{};
  });
  std::string early;
  std::string rest;
  harness.run(
      [&](Wire& wire) -> asio::awaitable<void> {
        co_await wire.hear("\r\n");
        co_await wire.tell("RETR 1\r\nQUIT\r\n");
        early = co_await wire.hear("From: a@example.org\r\n");
        early += co_await wire.hear("\r\n");
        verdict.set();
        rest = co_await wire.hear_all();
      },
      [](Wire& wire) -> asio::awaitable<void> {
        co_await wire.tell("+OK ready\r\n");
        co_await wire.hear("RETR 1\r\n");
        co_await wire.tell("+OK 99 octets\r\n" + std::string(kOnWire));
        const auto heard = co_await wire.hear("QUIT\r\n");
        EXPECT_NE(heard.find("QUIT\r\n"), std::string::npos);
        co_await wire.tell("+OK bye\r\n");
      });
  EXPECT_EQ(early, "+OK 99 octets\r\nFrom: a@example.org\r\nTo: b@example.org\r\n");
  EXPECT_EQ(early + rest, "+OK 99 octets\r\n" + std::string(kOnWire) + "+OK bye\r\n");
}

TEST(Pop3Session, ScanThatFailsAfterTheFirstLinesCutsTheConnection) {
  Harness harness;
  harness.services->config.timeout = std::chrono::seconds(1);
  net::Event verdict(harness.io.get_executor());
  harness.scanner([&](Message& /*message*/) -> asio::awaitable<scan::Verdict> {
    co_await verdict.wait();
    co_return scan::Failed{"gone"};
  });
  std::string got;
  const auto end = harness.run(
      [&](Wire& wire) -> asio::awaitable<void> {
        co_await wire.hear("\r\n");
        co_await wire.tell("RETR 1\r\n");
        got = co_await wire.hear("From: a@example.org\r\n");
        verdict.set();
        got += co_await wire.hear_all();
      },
      [](Wire& wire) -> asio::awaitable<void> {
        co_await wire.tell("+OK ready\r\n");
        co_await wire.hear("RETR 1\r\n");
        co_await wire.tell("+OK 99 octets\r\n" + std::string(kOnWire));
        co_await wire.hear_all();
      });
  EXPECT_EQ(end.outcome, proto::Outcome::aborted);
  EXPECT_EQ(got.find("\r\n.\r\n"), std::string::npos) << got;
  EXPECT_EQ(got.find("body"), std::string::npos) << got;
}

TEST(Pop3Session, ClientThatLeavesCancelsItsScan) {
  Harness harness;
  net::Event started(harness.io.get_executor());
  bool cancelled = false;
  harness.scanner([&](Message& /*message*/) -> asio::awaitable<scan::Verdict> {
    started.set();
    asio::steady_timer never(harness.io, std::chrono::hours(1));
    const auto [ec] = co_await never.async_wait(kNothrow);
    cancelled = ec == asio::error::operation_aborted;
    co_return scan::Clean{};
  });
  const auto end = harness.run(
      [&](Wire& wire) -> asio::awaitable<void> {
        co_await wire.hear("\r\n");
        co_await wire.tell("RETR 1\r\n");
        co_await started.wait();
      },
      [](Wire& wire) -> asio::awaitable<void> {
        co_await wire.tell("+OK ready\r\n");
        co_await wire.hear("RETR 1\r\n");
        co_await wire.tell("+OK 99 octets\r\n" + std::string(kOnWire));
        co_await wire.hear_all();
      });
  EXPECT_TRUE(cancelled);
  EXPECT_NE(end.outcome, proto::Outcome::finished);
}

TEST(Pop3Session, EndOfTheDialogLeavesThePeerOpenForLastWords) {
  Harness harness;
  const auto say_bye = [](Wire& wire) -> asio::awaitable<void> {
    co_await wire.tell("+OK ready\r\n");
    co_await wire.hear("QUIT\r\n");
    co_await wire.tell("+OK bye\r\n");
    co_await wire.hear_all();
  };
  const auto end = harness.run(
      [](Wire& wire) -> asio::awaitable<void> {
        co_await wire.tell("QUIT\r\n");
        co_await wire.hear_all();
      },
      say_bye);
  EXPECT_EQ(end.outcome, proto::Outcome::finished);
  EXPECT_FALSE(harness.client_had_closed) << "or its unread octets would reset the connection and lose our last reply";
}

TEST(Pop3Session, SilenceEndsTheSession) {
  Harness harness;
  harness.services->config.idletimeout = std::chrono::seconds(1);
  const auto listen = [](Wire& wire) -> asio::awaitable<void> { co_await wire.hear_all(); };
  const auto end = harness.run(listen, listen);
  EXPECT_EQ(end.outcome, proto::Outcome::aborted);
  EXPECT_EQ(end.why, "Connection timeout");
}

}  // namespace
}  // namespace p3scan::session::test
