// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "notify/fake_smtp.h"
#include "session/harness.h"

// What readers and administrators are told of a mail.
namespace p3scan::session::test {
namespace {

using p3scan::test::FakeSmtp;

std::string mail_with(std::string_view header, std::string_view body) {
  return "From: eve@x.org\r\nTo: bob@y.org\r\nSubject: hi\r\n" + std::string(header) + "\r\n" + std::string(body) +
         "\r\n";
}

/// What the client gets for a mail of the server.
std::string fetch(Harness& harness, const std::string& mail) {
  std::string got;
  harness.run(
      [&](Wire& wire) -> asio::awaitable<void> {
        co_await wire.hear("\r\n");
        co_await wire.tell("RETR 1\r\nQUIT\r\n");
        got = co_await wire.hear_all();
      },
      [&](Wire& wire) -> asio::awaitable<void> {
        co_await wire.tell("+OK ready\r\n");
        co_await wire.hear("\r\n");
        co_await wire.tell("+OK\r\n" + mail + ".\r\n");
        co_await wire.hear("\r\n");
        co_await wire.tell("+OK bye\r\n");
      });
  return got;
}

/// The final reply to a mail of the client; `data` gets what reached the server.
std::string send(Harness& harness, const std::string& mail, std::string& data) {
  std::string got;
  harness.run(
      [&](Wire& wire) -> asio::awaitable<void> {
        co_await wire.hear("\r\n");
        co_await wire.tell("HELO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n");
        co_await wire.hear("354 ");
        co_await wire.hear("\r\n");
        co_await wire.tell(mail + ".\r\n");
        got = co_await wire.hear("\r\n");
        co_await wire.tell("QUIT\r\n");
        co_await wire.hear_all();
      },
      [&](Wire& wire) -> asio::awaitable<void> {
        co_await wire.tell("220 server\r\n");
        for (std::string line; line != "QUIT\r\n";) {
          line = co_await wire.hear("\r\n");
          if (line.empty()) co_return;
          if (line == "DATA\r\n") {
            co_await wire.tell("354 go\r\n");
            data = co_await wire.hear("\r\n.\r\n");
          }
          co_await wire.tell("250 OK\r\n");
        }
      });
  return got;
}

struct LanguageCase {
  const char* name;
  std::string_view setting;
  std::string_view subject;  // as configured; empty: the default
  bool own_template;
  std::string_view header;  // of the mail
  std::string_view shown_subject;
  std::string_view shown;  // in the body
};

constexpr LanguageCase kLanguages[] = {
    {"english", "en", "", false, "", "Subject: [Virus] found in a mail to you: Eicar-Test\r\n", "Addressed to:"},
    {"german", "de", "", false, "", "Subject: [Virus] in einer Mail an Sie gefunden: Eicar-Test\r\n", "Gerichtet an:"},
    {"set_subject", "de", "Ours", false, "", "Subject: Ours Eicar-Test\r\n", "Gerichtet an:"},
    {"own_template", "de", "", true, "", "Subject: [Virus] in einer Mail an Sie gefunden: Eicar-Test\r\n", "mine\r\n"},
    {"the_mails", "auto", "", false, "Content-Language: it\r\n",
     "Subject: [Virus] trovato in un messaggio per lei:", "Indirizzato a:"},
    {"not_the_mails", "nl", "", false, "Content-Language: it\r\n",
     "Subject: [Virus] gevonden in een mail aan u:", "Gericht aan:"},
};

class ToldLanguageTest : public testing::TestWithParam<LanguageCase> {};
TEST_P(ToldLanguageTest, FollowsTheSetting) {
  const auto& row = GetParam();
  Harness harness;
  harness.services->template_text = row.own_template ? "MIME-Version: 1.0\n\nmine\n" : "";
  harness.services->config.language = row.setting;
  if (!row.subject.empty()) harness.services->config.subject = row.subject;
  const auto got = fetch(harness, mail_with(row.header, "EICAR"));
  EXPECT_TRUE(got.contains(row.shown_subject)) << got;
  EXPECT_TRUE(got.contains(row.shown)) << got;
}
INSTANTIATE_TEST_SUITE_P(Table, ToldLanguageTest, testing::ValuesIn(kLanguages),
                         [](const auto& c) { return c.param.name; });

TEST(Told, OnlyTheFooterCommandIsShownToEverybody) {
  for (const bool footer : {false, true}) {
    Harness harness(Protocol::smtp);
    harness.services->config.xheader = true;
    harness.services->config.footer = footer ? "/bin/true" : "";
    harness.services->scanner_info = std::make_shared<notify::ScannerInfo>(
        harness.io.get_executor(), std::vector{notify::constant("Engine 1\nDatabase 2")});
    std::string data;
    EXPECT_EQ(send(harness, mail_with("", "clean"), data), "250 OK\r\n");
    EXPECT_EQ(data.contains("\r\nX-P3Scan: Engine 1\r\nX-P3Scan: Database 2\r\n\r\nclean"), footer) << data;
    EXPECT_EQ(data.contains("Engine"), footer) << data;
  }
}

TEST(Told, ScannersThatCannotTellHoldNothingUp) {
  Harness harness;
  const auto thrower = []() -> asio::awaitable<std::string> {
    throw std::runtime_error("no");
    co_return std::string();
  };
  harness.services->scanner_info = std::make_shared<notify::ScannerInfo>(
      harness.io.get_executor(), std::vector<notify::ScannerInfo::Source>{thrower});
  EXPECT_TRUE(fetch(harness, mail_with("", "EICAR")).contains("\r\nScanner:\r\n    scripted\r\n"));
}

class ToldAdministratorsTest : public testing::Test {
 protected:
  void tell(Harness& harness) {
    fake.emplace(io);
    administrators.emplace(io.get_executor(), Log({.foreground = true, .debug = false, .quiet = true}));
    administrators->configure({.extra = {"admin@x"},
                               .emergency = {"root@x"},
                               .from = "postmaster@gw",
                               .server = {.host = "127.0.0.1", .port = fake->port(), .greeting = "gw", .from = {}},
                               .program = {}});
    harness.services->administrators = &*administrators;
  }
  std::string mail() {
    asio::co_spawn(io, administrators->run(), asio::detached);
    fake->on_mail = [&] { io.stop(); };
    io.run_for(std::chrono::seconds(20));
    return fake->mails.empty() ? std::string() : fake->mails.front().data;
  }

  asio::io_context io{1};  // not the sessions', which ends when they have
  std::optional<FakeSmtp> fake;
  std::optional<notify::Administrators> administrators;
};

TEST_F(ToldAdministratorsTest, OfAVirusOnItsWayIn) {
  Harness harness;
  tell(harness);
  harness.services->extra_template = "MIME-Version: 1.0\n\nextra %VIRUSNAME% %MAILFROM% %P3SCANID%\n";
  fetch(harness, mail_with("", "EICAR"));
  const auto told = mail();
  EXPECT_TRUE(told.contains("\r\nSubject: [Virus] found in a mail\r\n")) << told;
  EXPECT_TRUE(told.contains("\r\nextra Eicar-Test eve@x.org p3scan.")) << told;
}

TEST_F(ToldAdministratorsTest, ByTheNotificationWhenThereIsNoTemplateForThem) {
  Harness harness;
  tell(harness);
  harness.services->template_text = "MIME-Version: 1.0\n\nthe notification\n";
  fetch(harness, mail_with("", "EICAR"));
  EXPECT_TRUE(mail().contains("\r\n\r\nthe notification\r\n"));
}

TEST_F(ToldAdministratorsTest, OfAVirusOnItsWayOut) {
  Harness harness(Protocol::smtp);
  tell(harness);
  std::string data;
  EXPECT_TRUE(send(harness, mail_with("", "EICAR"), data).starts_with("554 "));
  const auto told = mail();
  EXPECT_TRUE(told.contains("was refused")) << told;
  EXPECT_TRUE(told.contains("Eicar-Test")) << told;
}

TEST_F(ToldAdministratorsTest, WhenNoScannerAnswers) {
  Harness harness;
  tell(harness);
  harness.scanner([](Message&) -> asio::awaitable<scan::Verdict> { co_return scan::Failed{"engine: it is down"}; });
  EXPECT_TRUE(fetch(harness, mail_with("", "x")).starts_with("-ERR"));
  const auto told = mail();
  EXPECT_TRUE(told.contains("Subject: P3Scan: no scanner answers\r\n")) << told;
  EXPECT_TRUE(told.contains("engine: it is down")) << told;
}

TEST_F(ToldAdministratorsTest, WhenTheSpoolIsFull) {
  Harness harness;
  tell(harness);
  harness.services->spool.keep_free = UINT64_MAX / 2;
  harness.services->spool.memory = 100;
  fetch(harness, mail_with("", std::string(5000, 'x')));
  EXPECT_TRUE(mail().contains("Subject: P3Scan: mail can't be stored\r\n"));
}

}  // namespace
}  // namespace p3scan::session::test
