// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/spam_filter.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "filter/fake_spam_server.h"
#include "mime/early_header.h"
#include "spool/scratch.h"
#include "support/temporary.h"

namespace p3scan {
namespace {

using test::FakeSpamServer;
using test::Scratch;

constexpr std::string_view kMail =
    "Received: x\r\nX-Spam-Flag: NO\r\nFrom: a@b.test\r\nSubject: hi\r\n\r\nhello\r\n.\r\nworld\r\n";
constexpr std::string_view kWithoutFlag = "Received: x\r\nFrom: a@b.test\r\nSubject: hi\r\n\r\nhello\r\n.\r\nworld\r\n";

class SpamFilterTest : public testing::Test {
 protected:
  SpamFilterTest() {
    facts.user = "joe";
    facts.client_ip = "192.0.2.1";
    tools = {.spool = {.directory = dir.path(), .memory = 1 << 20, .keep_free = 0}, .blocking = &pool};
    one.answer = two.answer = [](const std::string&) { return std::string(); };
  }

  Filtered run(std::string_view bytes = kMail) {
    auto filter = make_spam_filter(settings, tools);
    EXPECT_TRUE(filter) << filter.error();
    Message message(io.get_executor(), tools.spool);
    const std::array<std::string_view, 1> pieces = {bytes};
    EXPECT_TRUE(message.append(pieces));
    message.complete();
    std::optional<Filtered> result;
    asio::co_spawn(io, (*filter)->run(message, facts), [&](std::exception_ptr error, Filtered value) {
      if (error) std::rethrow_exception(error);
      result = std::move(value);
    });
    io.restart();
    while (!result) io.run_one();
    return std::move(*result);
  }

  static std::string text_of(const Filtered& filtered) {
    return filtered.version ? std::string(filtered.version->bytes()) : std::string();
  }

  static bool is_nothing(const Filtered& filtered) {
    return !filtered.version && filtered.added.empty() && filtered.replacement.empty() && filtered.refusal.empty() &&
           !filtered.verdict;
  }

  /// A program of our own: a shell script.
  std::string script(std::string_view text) {
    const auto path = dir.path() + "/filter";
    test::write_file(path, "#!/bin/sh\n" + std::string(text) + "\n");
    ::chmod(path.c_str(), 0755);
    return path;
  }

  /// A spamd that finds `word` in spam and writes its header with the fields on top.
  static std::string spamd(const std::string& request, std::string_view word) {
    auto mail = request.substr(request.find("\r\n\r\n") + 4);
    const bool spam = mail.find(word) != std::string::npos;
    if (const auto at = mail.find("X-Spam-Flag: NO\r\n"); at != std::string::npos) mail.erase(at, 17);
    const auto head = mail.substr(0, mail.find("\r\n\r\n") + 4);
    const auto text = (spam ? "X-Spam-Flag: YES\r\nX-Spam-Status: Yes\r\n" : "X-Spam-Status: No\r\n") + head;
    return "SPAMD/1.1 0 EX_OK\r\nContent-length: " + std::to_string(text.size()) +
           "\r\nSpam: " + (spam ? "True" : "False") + " ; 7.5 / 5.0\r\n\r\n" + text;
  }
  void use_spamd(std::string_view word = "hello") {
    settings.kind = SpamKind::spamd;
    settings.servers = {one.target()};
    one.answer = two.answer = [word](const std::string& request) { return spamd(request, word); };
  }
  void use_rspamd(std::string_view json) {
    settings.kind = SpamKind::rspamd;
    settings.servers = {one.target()};
    one.answer = [json](const std::string&) {
      return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(json.size()) +
             "\r\n\r\n" + std::string(json);
    };
  }

  Scratch dir;
  asio::io_context io;
  asio::thread_pool pool{1};
  FakeSpamServer one{io};
  FakeSpamServer two{io};
  FilterTools tools;
  SpamSettings settings;
  scan::MailFacts facts;
};

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

TEST_F(SpamFilterTest, Command) {
  settings.command = script("echo X-Spam-Flag: YES; grep -v ^X-Spam | tr -d '\\r'; echo warning >&2");
  const auto filtered = run();
  EXPECT_EQ(text_of(filtered), kWithoutFlag);
  EXPECT_EQ(filtered.added, "X-Spam-Flag: YES\r\n");
  EXPECT_EQ(filtered.note, "is spam for command (warning)");
}

TEST_F(SpamFilterTest, CommandThatWrapsTheMail) {
  settings.command =
      script(
          "printf 'From: r@b.test\\nX-Spam-Flag: %s\\nContent-Type: multipart/mixed; boundary=b\\n\\n--b\\n\\n' $1; "
          "tr -d '\\r'; echo; echo --b--") +
      " YES";
  const auto filtered = run();
  EXPECT_EQ(text_of(filtered), kWithoutFlag);
  EXPECT_EQ(filtered.added, "X-Spam-Flag: YES\r\n");
  settings.command.replace(settings.command.size() - 3, 3, "NO");
  EXPECT_TRUE(is_nothing(run())) << "only spam is wrapped";
}

TEST_F(SpamFilterTest, CommandThatFails) {
  struct Row {
    std::string_view script;
    std::string_view note;
  };
  const Row rows[] = {
      {"cat; exit 3", "ended with code 3"},
      {"echo X-Spam-Flag: YES; cat; kill -9 $$", "was killed by signal 9"},
      {"exit 0", "printed nothing"},
      {"echo nonsense", "is not the mail: a line is no field"},
      {"cat; echo more", "is not the mail: the body is different"},
      {"sed 's/hello/bye/'", "is not the mail: the body is different"},
      {"head -c 40", "is not the mail: the field"},
      {"head -c 73", "is not the mail: the body is different"},
      {"echo no rules >&2; exit 1", "ended with code 1: no rules"},
      {"cat >/dev/null; exec sleep 100", "did not end within 300 ms"},
      {"exec cat /dev/zero", "printed too much"},
  };
  settings.limit = std::chrono::milliseconds(300);
  settings.policy.remove = true;
  for (const auto& row : rows) {
    settings.command = script(row.script);
    if (row.note.contains("did not"))
      settings.limit = std::chrono::milliseconds(300);
    else
      settings.limit = std::chrono::seconds(20);
    const auto filtered = run();
    EXPECT_TRUE(is_nothing(filtered)) << row.script;
    EXPECT_NE(filtered.note.find(row.note), std::string::npos) << row.script << ": " << filtered.note;
  }
  settings.command = dir.path() + "/missing";
  EXPECT_NE(run().note.find("can't start"), std::string::npos);
}

TEST_F(SpamFilterTest, UserIsOneWord) {
  settings.command = script("echo \"X-Args: $#:$1:$2\"; cat") + " -u dspamuser";
  const auto args = [&](std::string_view user) {
    facts.user = user;
    return run(kWithoutFlag).added;
  };
  EXPECT_EQ(args("joe"), "X-Args: 2:-u:joe\r\n");
  EXPECT_EQ(args("$(id); joe 'x"), "X-Args: 2:-u:$(id); joe 'x\r\n");
  EXPECT_EQ(args("a\nb"), "X-Args: 2:-u:ab\r\n");
  EXPECT_EQ(args("--help"), "X-Args: 2:-u:dspamuser\r\n");
  EXPECT_EQ(args(""), "X-Args: 2:-u:dspamuser\r\n");
}

TEST_F(SpamFilterTest, Dspam) {
  settings.kind = SpamKind::dspam;
  settings.command = script("echo \"X-DSPAM-Args: $*\"; echo X-DSPAM-Result: Spam; cat") + " --stdout";
  auto filtered = run(kWithoutFlag);
  EXPECT_EQ(filtered.added, "X-DSPAM-Args: --stdout --user joe\r\nX-DSPAM-Result: Spam\r\n");
  EXPECT_EQ(filtered.note, "is spam for dspam");
  settings.command += " --user dspamuser -x";
  EXPECT_TRUE(run(kWithoutFlag).added.starts_with("X-DSPAM-Args: --stdout --user joe -x\r\n"));
  facts.user = "-x";
  settings.command = script("echo \"X-DSPAM-Args: $*\"; cat") + " --stdout";
  EXPECT_EQ(run(kWithoutFlag).added, "X-DSPAM-Args: --stdout\r\n");
}

TEST_F(SpamFilterTest, NoPipe) {
  settings.pipe = false;
  settings.file_directory = dir.path() + "/children";
  settings.command = script("echo \"X-Count: $#\"; cat \"$2\"") + " -f";
  EXPECT_EQ(run(kWithoutFlag).added, "X-Count: 2\r\n");
  tools.spool.memory = 10;
  EXPECT_EQ(run(kWithoutFlag).added, "X-Count: 2\r\n");
  settings.command = script("cat \"$2\"; echo x >> \"$2\"") + " -f";
  const auto filtered = run(kWithoutFlag);
  EXPECT_TRUE(is_nothing(filtered));
  EXPECT_NE(filtered.note.find("changed the file"), std::string::npos) << filtered.note;
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
