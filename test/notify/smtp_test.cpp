// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/smtp.h"

#include <gtest/gtest.h>

#include "notify/fake_smtp.h"

namespace p3scan::notify {
namespace {

using Outcome = Delivery::Result;
using test::FakeSmtp;

struct ServerCase {
  std::string_view text;
  std::string_view host;  // empty: wrong
  std::uint16_t port;
};
constexpr ServerCase kServers[] = {
    {"localhost", "localhost", 25},
    {"mail.example.org:587", "mail.example.org", 587},
    {"[::1]:25", "::1", 25},
    {"[::1]", "::1", 25},
    {"", "", 0},
    {":25", "", 0},
    {"a:", "", 0},
    {"a:0", "", 0},
    {"a:65536", "", 0},
    {"a:x", "", 0},
    {"[::1", "", 0},
    {"[::1]25", "", 0},
    {"a b:25", "", 0},
    {"a\r\nb", "", 0},
};

TEST(SmtpServer, IsGivenAsHostAndPort) {
  for (const auto& row : kServers) {
    const auto server = parse_server(row.text);
    ASSERT_EQ(server.has_value(), !row.host.empty()) << row.text;
    if (!server) continue;
    EXPECT_EQ(server->host, row.host);
    EXPECT_EQ(server->port, row.port);
  }
}

class SmtpTest : public testing::Test {
 protected:
  Delivery send() {
    const SmtpServer server{.host = "127.0.0.1",
                            .port = fake.port(),
                            .greeting = "gw.example",
                            .from = "postmaster@gw.example",
                            .step = step,
                            .whole = std::chrono::seconds(20)};
    return test::run_until_done(io, send_by_smtp(server, letter));
  }

  asio::io_context io;
  FakeSmtp fake{io};
  std::chrono::seconds step{5};
  Letter letter{.to = {"root@gw.example", "admin@example.org"},
                .subject = "s",
                .message = "Subject: s\r\n\r\n.dot\r\n..\r\nb\xc3\xa4\r\n"};
};

TEST_F(SmtpTest, OneMailToAll) {
  const auto delivery = send();
  EXPECT_EQ(delivery.result, Outcome::sent) << delivery.why;
  EXPECT_TRUE(letter.to.empty());
  ASSERT_EQ(fake.mails.size(), 1U);
  const auto& mail = fake.mails[0];
  EXPECT_EQ(mail.from, "MAIL FROM:<postmaster@gw.example> BODY=8BITMIME");
  EXPECT_EQ(mail.to, (std::vector<std::string>{"RCPT TO:<root@gw.example>", "RCPT TO:<admin@example.org>"}));
  EXPECT_TRUE(mail.data.starts_with("Message-ID: <p3scan."));
  EXPECT_TRUE(mail.data.ends_with("@gw.example>\r\nSubject: s\r\n\r\n..dot\r\n...\r\nb\xc3\xa4\r\n.\r\n")) << mail.data;
  EXPECT_EQ(fake.lines.front(), "EHLO gw.example");
  EXPECT_EQ(fake.lines.back(), "QUIT");
}

TEST_F(SmtpTest, OldServersAreGreetedWithHelo) {
  fake.answers["EHLO"] = "500 what\r\n";
  EXPECT_EQ(send().result, Outcome::sent);
  ASSERT_EQ(fake.mails.size(), 1U);
  EXPECT_EQ(fake.mails[0].from, "MAIL FROM:<postmaster@gw.example>");
}

TEST_F(SmtpTest, ALetterThatEndsInTheMiddleOfALineIsEnded) {
  letter.message = "Subject: s\r\n\r\nx";
  EXPECT_EQ(send().result, Outcome::sent);
  EXPECT_TRUE(fake.mails.at(0).data.ends_with("\r\n\r\nx\r\n.\r\n"));
}

struct TroubleCase {
  const char* name;
  const char* command;
  const char* answer;
  Outcome result;
  std::size_t left;  // recipients that are still to get it
  std::size_t mails;
};

const TroubleCase kTroubles[] = {
    {"greeting_4xx", "", "421 busy\r\n", Outcome::later, 2, 0},
    {"greeting_5xx", "", "554 go away\r\n", Outcome::never, 2, 0},
    {"greeting_none", "", "", Outcome::later, 2, 0},
    {"greeting_closed", "", "close", Outcome::later, 2, 0},
    {"greeting_half", "", "220 fa", Outcome::later, 2, 0},
    {"greeting_nonsense", "", "HTTP/1.1 400 Bad Request\r\n", Outcome::later, 2, 0},
    {"greeting_and_more", "", "220 fake\r\n250 ok\r\n250 ok\r\n250 ok\r\n", Outcome::later, 2, 0},
    {"ehlo_4xx", "EHLO", "451 later\r\n", Outcome::later, 2, 0},
    {"ehlo_mixed_codes", "EHLO", "250-a\r\n550 b\r\n", Outcome::later, 2, 0},
    {"ehlo_half", "EHLO", "250-a\r\n250", Outcome::later, 2, 0},
    {"ehlo_without_end", "EHLO", "250-a\r\n", Outcome::later, 2, 0},
    {"ehlo_3xx", "EHLO", "354 what\r\n", Outcome::later, 2, 0},
    {"mail_4xx", "MAIL", "450 greylisted\r\n", Outcome::later, 2, 0},
    {"mail_5xx", "MAIL", "550 no\r\n", Outcome::never, 2, 0},
    {"mail_none", "MAIL", "", Outcome::later, 2, 0},
    {"rcpt_4xx", "RCPT", "450 later\r\n", Outcome::later, 2, 0},
    {"rcpt_5xx", "RCPT", "550 unknown\r\n", Outcome::never, 0, 0},
    {"rcpt_one_5xx", "RCPT TO:<root", "550 unknown\r\n", Outcome::never, 0, 1},
    {"rcpt_one_4xx", "RCPT TO:<root", "450 later\r\n", Outcome::later, 1, 1},
    {"rcpt_closed", "RCPT TO:<admin", "close", Outcome::later, 2, 0},
    {"data_4xx", "DATA", "451 later\r\n", Outcome::later, 2, 0},
    {"data_5xx", "DATA", "554 no\r\n", Outcome::never, 2, 0},
    {"data_2xx", "DATA", "250 what\r\n", Outcome::later, 2, 0},
    {"data_closed", "DATA", "close", Outcome::later, 2, 0},
    {"end_4xx", ".", "452 full\r\n", Outcome::later, 2, 0},
    {"end_5xx", ".", "554 spam\r\n", Outcome::never, 2, 0},
    {"end_none", ".", "", Outcome::later, 2, 0},
    {"end_closed", ".", "close", Outcome::later, 2, 0},
    {"end_half", ".", "250 o", Outcome::later, 2, 1},
    {"quit_none", "QUIT", "", Outcome::sent, 0, 1},
    {"quit_closed", "QUIT", "close", Outcome::sent, 0, 1},
    {"quit_5xx", "QUIT", "500 no\r\n", Outcome::sent, 0, 1},
};

class SmtpTroubleTest : public SmtpTest, public testing::WithParamInterface<TroubleCase> {};
TEST_P(SmtpTroubleTest, OnlyWhatTheServerTookIsSent) {
  const auto& row = GetParam();
  step = std::chrono::seconds(1);
  fake.answers[row.command] = row.answer;
  const auto delivery = send();
  EXPECT_EQ(delivery.result, row.result) << delivery.why;
  EXPECT_EQ(delivery.why.empty(), row.result == Outcome::sent);
  EXPECT_EQ(letter.to.size(), row.left);
  EXPECT_EQ(fake.mails.size(), row.mails);
}
INSTANTIATE_TEST_SUITE_P(Table, SmtpTroubleTest, testing::ValuesIn(kTroubles),
                         [](const auto& c) { return c.param.name; });

TEST_F(SmtpTest, ALongReplyIsNoReply) {
  fake.answers["EHLO"] = "250 " + std::string(100'000, 'x') + "\r\n";
  const auto delivery = send();
  EXPECT_EQ(delivery.result, Outcome::later);
  EXPECT_LT(delivery.why.size(), 400U);
}

TEST_F(SmtpTest, WhatTheServerSaysIsLoggedOnOneLine) {
  fake.answers["MAIL"] = "550-one\r\n550 two\x1b[31m\r\n";
  const auto delivery = send();
  EXPECT_EQ(delivery.why, "MAIL: 550-one  550 two [31m");
}

TEST_F(SmtpTest, NobodyListens) {
  fake.stop();
  const SmtpServer server{.host = "127.0.0.1", .port = 1, .greeting = "gw", .from = "a@b"};
  EXPECT_EQ(test::run_until_done(io, send_by_smtp(server, letter)).result, Outcome::later);
  EXPECT_EQ(letter.to.size(), 2U);
}

}  // namespace
}  // namespace p3scan::notify
