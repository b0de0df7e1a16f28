// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "session/harness.h"

namespace p3scan::session::test {
namespace {

/// Accepts everything; `data` gets each message with its terminator.
Harness::Part accepting(std::vector<std::string>& data) {
  return [&data](Wire& wire) -> asio::awaitable<void> {
    co_await wire.tell("220 server ESMTP\r\n");
    for (;;) {
      const auto line = co_await wire.hear("\r\n");
      if (line.empty()) co_return;
      if (line == "QUIT\r\n") break;
      if (line == "DATA\r\n") {
        co_await wire.tell("354 go\r\n");
        data.push_back(co_await wire.hear("\r\n.\r\n"));
      }
      co_await wire.tell(line.starts_with("EHLO") ? "250-server\r\n250-STARTTLS\r\n250 PIPELINING\r\n" : "250 OK\r\n");
    }
    co_await wire.tell("221 bye\r\n");
  };
}

TEST(SmtpSession, InfectedIsRefusedAndTheNextMailPasses) {
  Harness harness(Protocol::smtp);
  std::vector<std::string> data;
  std::string got;
  const auto end = harness.run(
      [&](Wire& wire) -> asio::awaitable<void> {
        co_await wire.hear("\r\n");
        co_await wire.tell("EHLO client\r\n");
        got = co_await wire.hear("250 PIPELINING\r\n");
        for (const char* body : {"EICAR", "..fine"}) {
          co_await wire.tell("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
          got += co_await wire.hear("354 ");
          got += co_await wire.hear("\r\n");
          co_await wire.tell(std::string("Subject: s\r\n\r\n") + body + "\r\n.\r\n");
          got += co_await wire.hear("\r\n");
        }
        co_await wire.tell("QUIT\r\n");
        got += co_await wire.hear_all();
      },
      accepting(data));
  EXPECT_EQ(end.outcome, proto::Outcome::finished);
  EXPECT_EQ(got.find("STARTTLS"), std::string::npos);
  EXPECT_NE(got.find("554 "), std::string::npos) << got;
  EXPECT_TRUE(got.ends_with("250 OK\r\n221 bye\r\n")) << got;
  ASSERT_EQ(data.size(), 1U);
  EXPECT_EQ(data[0], "Subject: s\r\n\r\n..fine\r\n.\r\n");
}

TEST(SmtpSession, LargeMailStreamsToTheScannerWhileItArrives) {
  Harness harness(Protocol::smtp);
  std::uint64_t first_seen = 0;
  harness.scanner([&](Message& message) -> asio::awaitable<scan::Verdict> {
    first_seen = message.is_complete() ? 0 : message.size();
    co_return co_await look_for_eicar(message);
  });
  std::vector<std::string> data;
  std::string mail = "Subject: large\r\n\r\n";
  while (mail.size() < 3000000) mail += "0123456789012345678901234567890123456789\r\n";
  harness.run(
      [&](Wire& wire) -> asio::awaitable<void> {
        co_await wire.tell("HELO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
        co_await wire.hear("354 ");
        co_await wire.tell(mail + ".\r\n");
        co_await wire.hear("250 ");
        co_await wire.tell("QUIT\r\n");
        co_await wire.hear_all();
      },
      accepting(data));
  ASSERT_EQ(data.size(), 1U);
  EXPECT_EQ(data[0], mail + ".\r\n");
  EXPECT_GT(first_seen, 0U) << "the scan began before the message was complete";
}

TEST(SmtpSession, FullSpoolIsATemporaryErrorForThatMailOnly) {
  Harness harness(Protocol::smtp);
  harness.services->spool.largest = 1000;
  std::vector<std::string> data;
  std::string got;
  harness.run(
      [&](Wire& wire) -> asio::awaitable<void> {
        for (const std::size_t size : {2000, 10}) {
          co_await wire.tell("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
          co_await wire.hear("354 ");
          co_await wire.hear("\r\n");
          co_await wire.tell("Subject: s\r\n\r\n" + std::string(size, 'x') + "\r\n.\r\n");
          got += co_await wire.hear("\r\n");
        }
        co_await wire.tell("QUIT\r\n");
        got += co_await wire.hear_all();
      },
      accepting(data));
  EXPECT_TRUE(got.starts_with("552 ")) << got;
  ASSERT_EQ(data.size(), 1U);
  EXPECT_EQ(data[0].size(), 14U + 10 + 5);
}

}  // namespace
}  // namespace p3scan::session::test
