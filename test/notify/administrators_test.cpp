// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/administrators.h"

#include <gtest/gtest.h>

#include <thread>

#include "mime/header.h"
#include "mime/rfc2047.h"
#include "notify/fake_smtp.h"

namespace p3scan::notify {
namespace {

using std::chrono::milliseconds;
using test::FakeSmtp;

constexpr auto kHour = std::chrono::hours(1);
constexpr std::string_view kHead = "From: Eve <eve@x>\r\nTo: bob@y\r\nSubject: hi\r\n\r\n";

std::string subject_of(const FakeSmtp::Mail& mail) {
  const auto field = mime::find_field(mail.data, "Subject");
  return field ? mime::decode(field->value) : std::string();
}

class AdministratorsTest : public testing::Test {
 protected:
  Settings settings() {
    return {.extra = {"admin"},
            .emergency = {"root@localhost"},
            .from = "postmaster",
            .server =
                {.host = "127.0.0.1", .port = fake.port(), .greeting = {}, .from = {}, .step = std::chrono::seconds(5)},
            .program = {},
            .rate = 3,
            .hostname = "gw",
            .domainname = "example",
            .retries = {milliseconds(1), milliseconds(1)}};
  }
  static Report report(std::string virus = "Eicar", std::string user = "bob") {
    Report one{.template_text = "Content-Type: text/plain; charset=utf-8\n\n%VIRUSNAME% %MAILFROM% %SUBJECT%\n",
               .head = std::string(kHead),
               .values = {}};
    one.values.virusname = std::move(virus);
    one.values.username = std::move(user);
    return one;
  }
  void start(Settings with, Rate::Clock::duration period = kHour) {
    administrators.emplace(io.get_executor(), Log({.foreground = true, .debug = false, .quiet = true}), period);
    administrators->configure(std::move(with));
    asio::co_spawn(io, administrators->run(), asio::detached);
  }
  /// Until the server has that many mails.
  void until_mails(std::size_t count) {
    fake.on_mail = [&, count] {
      if (fake.mails.size() >= count) io.stop();
    };
    io.restart();
    if (fake.mails.size() < count) io.run_for(std::chrono::seconds(20));
    fake.on_mail = [] {};
    ASSERT_GE(fake.mails.size(), count);
  }
  void finish(milliseconds limit = std::chrono::seconds(10)) {
    asio::co_spawn(io, administrators->finish(limit), [&](const std::exception_ptr&) { io.stop(); });
    io.restart();
    io.run_for(std::chrono::seconds(20));
  }

  asio::io_context io{1};
  FakeSmtp fake{io};
  std::optional<Administrators> administrators;
};

TEST_F(AdministratorsTest, HearOfAVirus) {
  start(settings());
  EXPECT_TRUE(administrators->wants_viruses());
  administrators->virus(report());
  until_mails(1);
  const auto& mail = fake.mails[0];
  EXPECT_EQ(mail.from, "MAIL FROM:<postmaster@gw.example> BODY=8BITMIME");
  EXPECT_EQ(mail.to, (std::vector<std::string>{"RCPT TO:<admin@gw.example>"}));
  EXPECT_EQ(subject_of(mail), "[Virus] found in a mail to bob");
  EXPECT_EQ(mime::unfold(mime::find_field(mail.data, "From")->value), "postmaster@gw.example");
  EXPECT_EQ(mime::unfold(mime::find_field(mail.data, "To")->value), "admin@gw.example");
  EXPECT_TRUE(mail.data.ends_with("\r\n\r\nEicar Eve <eve@x> hi\r\n.\r\n")) << mail.data;
}

TEST_F(AdministratorsTest, HostileNamesAddNothing) {
  start(settings());
  administrators->virus(report("Ei\r\n.\r\nMAIL FROM:<x>", "b\r\nBcc: evil@x\r\n\r\n.\r\nRCPT TO:<evil@x>"));
  until_mails(1);
  const auto& mail = fake.mails[0];
  EXPECT_EQ(mime::count_fields(mail.data, "Bcc"), 0U);
  EXPECT_EQ(mail.to.size(), 1U);
  EXPECT_EQ(subject_of(mail), "[Virus] found in a mail to b  Bcc: evil@x    .  RCPT TO:<evil@x>");
  finish();
  EXPECT_EQ(fake.mails.size(), 1U);
  EXPECT_EQ(std::ranges::count_if(fake.lines, [](const auto& line) { return line.starts_with("MAIL"); }), 1);
}

TEST_F(AdministratorsTest, AFloodIsSummedUpAtThePeriodsEnd) {
  start(settings(), milliseconds(300));
  for (int i = 0; i < 50; ++i) administrators->virus(report(i % 5 == 4 ? "Rare\r\nBcc: x" : "Often"));
  until_mails(4);
  EXPECT_EQ(subject_of(fake.mails[3]), "[Virus] found in 47 more mails");
  const auto& text = fake.mails[3].data;
  EXPECT_TRUE(text.contains("\r\n37 x Often\r\n10 x Rare  Bcc: x\r\n")) << text;
}

TEST_F(AdministratorsTest, TheEndIsNotWaitedForToSumUp) {
  start(settings());
  for (int i = 0; i < 50; ++i) administrators->virus(report());
  finish();
  ASSERT_EQ(fake.mails.size(), 4U);
  EXPECT_EQ(subject_of(fake.mails[3]), "[Virus] found in 47 more mails");
}

TEST_F(AdministratorsTest, EachEmergencyIsToldOnce) {
  start(settings());
  for (int i = 0; i < 10; ++i) {
    administrators->emergency(Emergency::scanner, "clamd: connection refused\r\n.\r\nRCPT TO:<x>");
    administrators->emergency(Emergency::disk, "no space");
  }
  until_mails(2);
  EXPECT_EQ(subject_of(fake.mails[0]), "P3Scan: no scanner answers");
  EXPECT_EQ(fake.mails[0].to, (std::vector<std::string>{"RCPT TO:<root@localhost>"}));
  EXPECT_TRUE(fake.mails[0].data.contains("clamd: connection refused"));
  EXPECT_EQ(subject_of(fake.mails[1]), "P3Scan: mail can't be stored");
  finish();
  ASSERT_EQ(fake.mails.size(), 4U);
  EXPECT_TRUE(fake.mails[2].data.contains("happened 9 more times")) << fake.mails[2].data;
}

TEST_F(AdministratorsTest, FailedTriesAreRepeated) {
  fake.answers["RCPT"] = "451 later\r\n";
  fake.troubled = 2;
  start(settings());
  administrators->virus(report());
  until_mails(1);
  EXPECT_EQ(fake.connections, 3);
}

TEST_F(AdministratorsTest, ThenALetterIsGivenUp) {
  fake.answers["RCPT TO:<admin"] = "451 later\r\n";
  start(settings());
  administrators->virus(report());
  administrators->emergency(Emergency::disk, "no space");
  until_mails(1);
  EXPECT_EQ(subject_of(fake.mails[0]), "P3Scan: mail can't be stored");
  EXPECT_EQ(fake.connections, 4);
}

TEST_F(AdministratorsTest, WhatIsRefusedForGoodIsNotTriedAgain) {
  fake.answers["RCPT TO:<admin"] = "550 unknown\r\n";
  start(settings());
  administrators->virus(report());
  administrators->emergency(Emergency::disk, "no space");
  until_mails(1);
  EXPECT_EQ(fake.connections, 2);
}

TEST_F(AdministratorsTest, NewsDoNotShortenThePause) {
  auto slow = settings();
  slow.server.port = 1;  // nobody listens
  slow.retries = {std::chrono::hours(1)};
  slow.rate = 0;
  start(slow);
  for (int i = 0; i < 5; ++i) {
    administrators->virus(report());
    io.restart();
    io.run_for(milliseconds(20));
  }
  administrators->configure(settings());
  io.restart();
  io.run_for(milliseconds(20));
  EXPECT_EQ(fake.connections, 0);
  finish();
  EXPECT_EQ(fake.mails.size(), 5U) << "the end ends the pause";
}

TEST_F(AdministratorsTest, TheQueueIsBounded) {
  auto many = settings();
  many.rate = 0;
  start(many);
  for (std::size_t i = 0; i < Administrators::kMaxWaiting + 50; ++i) administrators->virus(report());
  finish();
  EXPECT_EQ(fake.mails.size(), Administrators::kMaxWaiting);
}

TEST_F(AdministratorsTest, WithoutAddressesOrAWayNothingIsDone) {
  auto none = settings();
  none.extra.clear();
  start(none);
  EXPECT_FALSE(administrators->wants_viruses());
  administrators->virus(report());
  auto deaf = settings();
  deaf.server.host.clear();
  administrators->configure(deaf);
  EXPECT_FALSE(administrators->wants_viruses());
  administrators->virus(report());
  administrators->emergency(Emergency::disk, "x");
  finish();
  EXPECT_EQ(fake.connections, 0);
}

TEST_F(AdministratorsTest, AnyThreadMayTell) {
  auto many = settings();
  many.rate = 40;
  start(many);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) administrators->virus(report());
    });
  }
  until_mails(40);
  threads.clear();
  finish();
  ASSERT_EQ(fake.mails.size(), 41U);
  EXPECT_EQ(subject_of(fake.mails[40]), "[Virus] found in 60 more mails");
}

TEST(Report, TheHeadIsBriefAndBounded) {
  EXPECT_EQ(brief_head("X: y\r\nSubject: a\r\n b\r\nTo: c\r\n\r\nFrom: body\r\n"), "To: c\r\nSubject: a b\r\n\r\n");
  EXPECT_LE(brief_head("Subject: " + std::string(1'000'000, 'x') + "\r\nTo: " + std::string(1'000'000, 'y')).size(),
            20'000U);
}

}  // namespace
}  // namespace p3scan::notify
