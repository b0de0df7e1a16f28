// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "session/changed_memory.h"
#include "session/harness.h"

namespace p3scan::session::test {
namespace {

constexpr const char* kMail = "From: a@example.org\r\nTo: b@example.org\r\nSubject: hi\r\n\r\nbody\r\n";

std::string literal(const std::string& octets) { return "{" + std::to_string(octets.size()) + "}\r\n" + octets; }

/// A server with these mails in its only mailbox, UIDs 101 and so on, which does just what these tests need.
Harness::Part serving(std::vector<std::string> mails, std::string* heard = nullptr) {
  return [mails = std::move(mails), heard](Wire& wire) -> asio::awaitable<void> {
    co_await wire.tell("* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] ready\r\n");
    for (;;) {
      auto line = co_await wire.hear("\r\n");
      if (line.empty()) co_return;
      if (heard != nullptr) *heard += line;
      const auto tag = line.substr(0, line.find(' '));
      if (line.contains("SELECT")) co_await wire.tell("* OK [UIDVALIDITY 9] ok\r\n");
      if (line.ends_with("}\r\n")) {  // APPEND
        co_await wire.tell("+ go\r\n");
        const auto message = co_await wire.hear("\r\nend\r\n");
        if (heard != nullptr) *heard += message;
      }
      if (line.contains("FETCH")) {
        for (std::size_t i = 0; i < mails.size(); ++i) {
          auto words = "* " + std::to_string(i + 1) + " FETCH (UID " + std::to_string(101 + i);
          if (line.contains("FLAGS")) words += " FLAGS (\\Seen)";
          if (line.contains("RFC822.SIZE")) words += " RFC822.SIZE " + std::to_string(mails[i].size());
          if (line.contains("BODY.PEEK[]")) words += " BODY[] " + literal(mails[i]);
          co_await wire.tell(words + ")\r\n");
        }
      }
      co_await wire.tell(tag + " OK done\r\n");
      if (line.contains("LOGOUT")) co_return;
    }
  };
}

class ImapSession : public testing::Test {
 protected:
  ImapSession() { harness.services->changed_messages = &changed; }

  /// What the client gets, behind the greeting and the answer to SELECT.
  std::string fetch(const std::string& commands, Harness::Part server) {
    std::string got;
    end = harness.run(
        [&](Wire& wire) -> asio::awaitable<void> {
          EXPECT_EQ(co_await wire.hear("\r\n"), "* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n");
          co_await wire.tell("s SELECT INBOX\r\n");
          co_await wire.hear("s OK done\r\n");
          co_await wire.tell(commands + "z LOGOUT\r\n");
          got = co_await wire.hear_all();
        },
        std::move(server));
    EXPECT_TRUE(got.ends_with("z OK done\r\n")) << got;
    return got.substr(0, got.rfind("z OK"));
  }

  ChangedMemory changed;
  Harness harness{Protocol::imap};
  proto::End end{proto::Outcome::aborted, "never run"};
};

TEST_F(ImapSession, CleanMailsPassOctetByOctet) {
  std::string large = "Subject: large\r\n\r\n";
  for (int i = 0; large.size() < 2'000'000; ++i) large += "line " + std::to_string(i) + "\r\n";
  const auto got = fetch("a FETCH 1:2 BODY.PEEK[]\r\n", serving({kMail, large}));
  EXPECT_EQ(got,
            "* 1 FETCH (BODY[] " + literal(kMail) + ")\r\n* 2 FETCH (BODY[] " + literal(large) + ")\r\na OK done\r\n");
  EXPECT_EQ(harness.mails, 2U);
  EXPECT_EQ(end.outcome, proto::Outcome::finished);
}

TEST_F(ImapSession, MarksOnlyWhatIsNotClean) {
  harness.services->config.xheader = true;
  EXPECT_EQ(fetch("a FETCH 1 RFC822\r\n", serving({kMail})),
            "* 1 FETCH (RFC822 " + literal(kMail) + ")\r\na OK done\r\n");
}

TEST_F(ImapSession, InfectedMailIsReplacedInEveryAnswer) {
  const std::string mail = std::string(kMail) + "EICAR\r\n";
  const auto got = fetch(
      "a UID FETCH 101 (RFC822.SIZE BODY.PEEK[])\r\nb UID FETCH 101 RFC822.SIZE\r\nc UID FETCH 101 "
      "(BODY.PEEK[TEXT])\r\n",
      serving({mail}));
  EXPECT_EQ(got.find("EICAR\r\n"), std::string::npos) << got;
  EXPECT_NE(got.find("Eicar-Test"), std::string::npos) << got;
  const auto size = got.substr(got.find("BODY[] {") + 8, got.find("}\r\n") - got.find("BODY[] {") - 8);
  EXPECT_NE(got.find("RFC822.SIZE " + size + ")\r\nb OK"), std::string::npos) << got;
  EXPECT_EQ(changed.uids({.server = "192.0.2.1:143", .user = "", .name = "INBOX", .validity = 9}),
            std::vector<std::uint32_t>{101});
  EXPECT_EQ(harness.mails, 1U) << "scanned once";
}

TEST_F(ImapSession, FailedScanIsNoAndTheSessionGoesOn) {
  harness.scanner([](Message& /*message*/) -> asio::awaitable<scan::Verdict> { co_return scan::Failed{"down"}; });
  const auto got = fetch("a FETCH 1 BODY.PEEK[]\r\nb NOOP\r\n", serving({kMail}));
  EXPECT_TRUE(got.starts_with("a NO [UNAVAILABLE] ")) << got;
  EXPECT_TRUE(got.ends_with("\r\nb OK done\r\n")) << got;
}

TEST_F(ImapSession, KeepsTheClientWaitingDuringAScan) {
  harness.services->config.timeout = std::chrono::seconds(1);
  harness.scanner([&](Message& message) -> asio::awaitable<scan::Verdict> {
    asio::steady_timer timer(harness.io, std::chrono::milliseconds(1500));
    co_await timer.async_wait(kNothrow);
    co_return co_await look_for_eicar(message);
  });
  const auto got = fetch("a FETCH 1 BODY.PEEK[]\r\n", serving({kMail}));
  EXPECT_EQ(got, "* OK Still checking a message\r\n* 1 FETCH (BODY[] " + literal(kMail) + ")\r\na OK done\r\n");
}

TEST_F(ImapSession, AppendedMailReachesTheServerAsItIs) {
  harness.services->config.xheader = true;
  std::string heard;
  const std::string mail = std::string(kMail) + "end";
  const auto got =
      fetch("a APPEND Sent {" + std::to_string(mail.size()) + "+}\r\n" + mail + "\r\n", serving({}, &heard));
  EXPECT_EQ(got, "a OK done\r\n");
  EXPECT_EQ(heard, "s SELECT INBOX\r\na APPEND Sent " + literal(mail) + "\r\nz LOGOUT\r\n");
}

TEST_F(ImapSession, InfectedAppendIsRefusedAndNeverSeenByTheServer) {
  std::string heard;
  const std::string mail = std::string(kMail) + "EICAR";
  const auto got =
      fetch("a APPEND Sent {" + std::to_string(mail.size()) + "+}\r\n" + mail + "\r\n", serving({}, &heard));
  EXPECT_TRUE(got.starts_with("a NO [CANNOT] ")) << got;
  EXPECT_EQ(heard, "s SELECT INBOX\r\nz LOGOUT\r\n");
}

}  // namespace
}  // namespace p3scan::session::test
