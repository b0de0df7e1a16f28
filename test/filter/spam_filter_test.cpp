// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/spam_filter_fixture.h"
#include "mime/early_header.h"

namespace p3scan {
namespace {

TEST_F(SpamFilterTest, SpamdAddsItsFields) {
  use_spamd();
  const auto filtered = run();
  EXPECT_EQ(text_of(filtered), kWithoutFlag);
  EXPECT_EQ(filtered.added, "X-Spam-Flag: YES\r\nX-Spam-Status: Yes\r\n");
  EXPECT_EQ(filtered.note, "is spam for spamd (score 7.5 of 5.0)");
  ASSERT_EQ(one.requests.size(), 1U);
  EXPECT_EQ(one.requests[0], "HEADERS SPAMC/1.4\r\nContent-length: " + std::to_string(kMail.size()) +
                                 "\r\nUser: joe\r\n\r\n" + std::string(kMail));
}

TEST_F(SpamFilterTest, SpamdFindsNothing) {
  use_spamd("GTUBE");
  settings.policy.subject = "[ SPAM ]";
  settings.policy.remove = true;
  const auto filtered = run(kWithoutFlag);
  EXPECT_FALSE(filtered.version);
  EXPECT_EQ(filtered.added, "X-Spam-Status: No\r\n");
  EXPECT_EQ(filtered.note, "");
  EXPECT_EQ(filtered.replacement, "");
}

TEST_F(SpamFilterTest, RepliesInPieces) {
  use_spamd();
  one.step = 1;
  EXPECT_EQ(run().added, "X-Spam-Flag: YES\r\nX-Spam-Status: Yes\r\n");
}

TEST_F(SpamFilterTest, SpamdThatWrapsTheMail) {
  use_spamd();
  one.answer = [](const std::string&) {
    return std::string(
        "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 9 / 5\r\n\r\nFrom: a@b.test\r\nX-Spam-Flag: YES\r\n"
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n");
  };
  const auto filtered = run();
  EXPECT_EQ(text_of(filtered), kWithoutFlag);
  EXPECT_EQ(filtered.added, "X-Spam-Flag: YES\r\n");
}

TEST_F(SpamFilterTest, SpamdWithoutFieldsOfItsOwn) {
  use_spamd();
  one.answer = [](const std::string&) {
    return "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 9 / 5\r\n\r\n" + std::string(kWithoutFlag);
  };
  EXPECT_TRUE(run().added.starts_with("X-Spam-Flag: YES\r\nX-Spam-Score: 9.0\r\n"));
}

TEST_F(SpamFilterTest, OldSpamdIsAskedForTheWholeMail) {
  use_spamd();
  settings.servers = {one.target(), two.target()};
  const auto old = [](const std::string& request) {
    if (request.starts_with("HEADERS")) return std::string("SPAMD/1.0 76 Bad header line: HEADERS\r\n");
    return spamd(request, "hello") + "hello\r\n";
  };
  one.answer = two.answer = old;
  EXPECT_EQ(run().added, "X-Spam-Flag: YES\r\nX-Spam-Status: Yes\r\n");
  EXPECT_EQ(one.requests.size() + two.requests.size(), 2U);
}

TEST_F(SpamFilterTest, TheNextServerHelps) {
  use_spamd();
  settings.servers = {one.target(), two.target()};
  one.drop = true;
  EXPECT_NE(run().added, "");
  one.drop = false;
  one.hang = true;
  settings.limit = std::chrono::milliseconds(200);
  EXPECT_NE(run().added, "");
  one.hang = false;
  one.answer = [](const std::string&) { return std::string("nonsense\n"); };
  EXPECT_NE(run().added, "");
  EXPECT_EQ(two.requests.size(), 3U);
}

TEST_F(SpamFilterTest, WithoutOpinionTheMailStays) {
  use_spamd();
  settings.policy.remove = true;
  settings.policy.subject = "S";
  settings.limit = std::chrono::milliseconds(200);
  const auto note = [&](std::string_view part) {
    const auto filtered = run();
    EXPECT_TRUE(is_nothing(filtered)) << part;
    EXPECT_NE(filtered.note.find(part), std::string::npos) << filtered.note;
    EXPECT_TRUE(filtered.note.starts_with("was not checked for spam by spamd: 127.0.0.1:")) << filtered.note;
  };
  one.answer = [](const std::string&) { return std::string("SPAMD/1.1 70 EX_SOFTWARE\r\n"); };
  note("SPAMD/1.1 70 EX_SOFTWARE");
  one.answer = [](const std::string& request) { return spamd(request, "hello").substr(0, 70); };
  note("cut off");
  one.answer = [](const std::string&) { return "SPAMD/1.1 0 EX_OK\r\nSpam: True\r\n\r\n" + std::string(1 << 20, 'a'); };
  note("too long");
  one.hang = true;
  note("no answer within 200 ms");
  one.hang = false;
  one.drop = true;
  note("");
}

TEST_F(SpamFilterTest, Rspamd) {
  use_rspamd(R"({"action":"add header","score":7.25,"required_score":15,"symbols":{"A":{"score":1}}})");
  settings.policy.subject = "[ SPAM ]";
  facts.user = "joe@example.org";
  const auto filtered = run();
  EXPECT_EQ(text_of(filtered), "Received: x\r\nFrom: a@b.test\r\nSubject: [ SPAM ] hi\r\n\r\nhello\r\n.\r\nworld\r\n");
  EXPECT_EQ(filtered.added,
            "X-Spam-Flag: YES\r\nX-Spam-Score: 7.2\r\nX-Spam-Level: *******\r\n"
            "X-Spam-Status: Yes, score=7.2 required=15.0 tests=A\r\n");
  ASSERT_EQ(one.requests.size(), 1U);
  EXPECT_TRUE(one.requests[0].starts_with("POST /checkv2 HTTP/1.1\r\n")) << one.requests[0];
  EXPECT_NE(one.requests[0].find("\r\nRcpt: joe@example.org\r\n"), std::string::npos);
  EXPECT_TRUE(one.requests[0].ends_with("\r\n\r\n" + std::string(kMail)));
}

TEST_F(SpamFilterTest, RspamdTrouble) {
  settings.limit = std::chrono::milliseconds(300);
  for (const std::string_view json : {"", "[]", R"({"error":"no"})", R"({"is_skipped":true,"action":"no action"})"}) {
    use_rspamd(json);
    const auto filtered = run();
    EXPECT_TRUE(is_nothing(filtered)) << json;
    EXPECT_NE(filtered.note, "") << json;
  }
  for (const std::string_view reply :
       {"", "SPAMD/1.1 0 EX_OK\r\n\r\n", "HTTP/1.1 500 Oops\r\nContent-Length: 24\r\n\r\n{\"action\":\"no action\"}  ",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"}) {
    one.answer = [reply](const std::string&) { return std::string(reply); };
    EXPECT_TRUE(is_nothing(run())) << reply;
  }
}

TEST_F(SpamFilterTest, SpamIsReplacedByANotice) {
  use_spamd();
  settings.policy.remove = true;
  const auto filtered = run();
  EXPECT_TRUE(filtered.replacement.starts_with(mime::early_header(kMail, true))) << filtered.replacement;
  EXPECT_EQ(filtered.replacement.find("hello"), std::string::npos);
  EXPECT_FALSE(filtered.version);
  EXPECT_EQ(filtered.note, "is spam for spamd (score 7.5 of 5.0), replaced by a notice");
}

TEST_F(SpamFilterTest, SentMail) {
  use_spamd();
  facts.incoming = false;
  settings.policy.remove = true;
  EXPECT_TRUE(is_nothing(run()));
  EXPECT_TRUE(one.requests.empty());
  settings.policy.outgoing = true;
  EXPECT_EQ(run().added, "X-Spam-Flag: YES\r\nX-Spam-Status: Yes\r\n");
  settings.policy.refuse = true;
  const auto refused = run();
  EXPECT_EQ(refused.refusal, "This message looks like spam and was refused");
  EXPECT_EQ(refused.replacement, "");
  use_spamd("GTUBE");
  EXPECT_TRUE(is_nothing(run())) << "ham goes out as it is";
  one.drop = true;
  EXPECT_TRUE(is_nothing(run())) << "no opinion is no reason";
}

TEST_F(SpamFilterTest, NotChecked) {
  use_spamd();
  settings.policy.spared = "X-Spam-Flag: NO";
  EXPECT_TRUE(is_nothing(run()));
  settings.policy.spared = "h\u00e4";
  EXPECT_TRUE(is_nothing(run("Subject: =?utf-8?q?h=C3=A4?=\r\n\r\nhello\r\n")));
  EXPECT_TRUE(one.requests.empty());
  settings.policy.spared = "hello";
  EXPECT_FALSE(is_nothing(run())) << "only the header counts";
  settings.policy.spared = "";
  settings.policy.largest = kMail.size() - 1;
  EXPECT_TRUE(is_nothing(run()));
  settings.policy.largest = kMail.size();
  EXPECT_FALSE(is_nothing(run()));
  settings.policy.largest = 0;
  EXPECT_FALSE(is_nothing(run(std::string(kMail) + std::string(3 << 20, 'a'))));
}

TEST_F(SpamFilterTest, ConfiguredUser) {
  use_spamd();
  settings.policy.user = "shared";
  run();
  EXPECT_NE(one.requests.at(0).find("\r\nUser: shared\r\n"), std::string::npos);
}

TEST_F(SpamFilterTest, WrongSettings) {
  settings.command = "'open";
  EXPECT_FALSE(make_spam_filter(settings, tools));
  settings.kind = SpamKind::spamd;
  settings.servers = {"a b:c"};
  EXPECT_FALSE(make_spam_filter(settings, tools));
  settings.servers = {"localhost"};
  EXPECT_TRUE(make_spam_filter(settings, tools));
}

TEST_F(SpamFilterTest, CancelledLookReleasesTheConnection) {
  use_spamd();
  one.hang = true;
  auto filter = make_spam_filter(settings, tools);
  Message message(io.get_executor(), tools.spool);
  const std::array<std::string_view, 1> pieces = {kMail};
  ASSERT_TRUE(message.append(pieces));
  message.complete();
  asio::cancellation_signal cancel;
  bool done = false;
  bool failed = false;
  asio::co_spawn(io, (*filter)->run(message, facts),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, const Filtered&) {
                   done = true;
                   failed = error != nullptr;
                 }));
  while (one.requests.empty()) io.run_one();
  cancel.emit(asio::cancellation_type::terminal);
  while (!done) io.run_one();
  EXPECT_TRUE(failed);
}

}  // namespace
}  // namespace p3scan
