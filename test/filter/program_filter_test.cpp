// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/program_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/process.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

const std::string kMail = "From: a@b\r\nSubject: x\r\n\r\nhi\r\n.\r\n..\r\nend\r\n";

class ProgramFilterTest : public testing::Test {
 protected:
  Filtered filter(const ProgramFilterSettings& settings, const std::string& text = kMail, bool incoming = true) {
    tools.spool = {.directory = dir.path(), .largest = 1'000'000, .keep_free = 0};
    auto made = ProgramFilter::make(tools, settings);
    if (!made) throw std::logic_error(made.error());
    Message message(io.get_executor(), tools.spool);
    const std::array<std::string_view, 1> pieces = {text};
    EXPECT_TRUE(message.append(pieces));
    message.complete();
    scan::MailFacts facts;
    facts.incoming = incoming;
    facts.user = user;
    return test::run(io, (*made)->run(message, facts));
  }
  static std::string octets(const Filtered& filtered) {
    return filtered.version == nullptr ? std::string("none") : std::string(filtered.version->bytes());
  }
  static std::string shell(const std::string& text) { return "/bin/sh -c '" + text + "'"; }
  std::string failure(const ProgramFilterSettings& settings) {
    try {
      filter(settings);
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return "none";
  }

  test::Scratch dir;
  asio::io_context io;
  FilterTools tools;
  std::string user;
};

TEST_F(ProgramFilterTest, TakesWhatTheProgramPrints) {
  const auto got = filter(renattach_settings(shell("echo X-New: 1; cat"), 60s));
  EXPECT_EQ(octets(got), "X-New: 1\r\n" + kMail);
  EXPECT_EQ(got.note, "");
}

TEST_F(ProgramFilterTest, LeavesLineEndsOfAMailWithout) {
  const std::string text = "From: a@b\n\nx\r\ny\n";
  EXPECT_EQ(octets(filter(renattach_settings(shell("echo X-New: 1; cat"), 60s), text)), "X-New: 1\n" + text);
}

TEST_F(ProgramFilterTest, MakesNoVersionOfWhatDidNotChange) {
  EXPECT_EQ(octets(filter(renattach_settings("/bin/cat", 60s))), "none");
}

TEST_F(ProgramFilterTest, LeavesOutgoingMailAlone) {
  EXPECT_EQ(octets(filter(renattach_settings(shell("echo x"), 60s), kMail, false)), "none");
}

TEST_F(ProgramFilterTest, LogsErrorsOnOneLine) {
  const auto got = filter(renattach_settings(shell("echo one >&2; echo two >&2; echo X: 1; cat"), 60s));
  EXPECT_EQ(got.note, "/bin/sh: one\\ntwo");
  EXPECT_THAT(octets(got), Not(HasSubstr("one")));
}

TEST_F(ProgramFilterTest, FailsWithoutAMail) {
  const auto renattach = [](const std::string& text) { return renattach_settings(shell(text), 60s); };
  EXPECT_EQ(failure(renattach("cat; exit 1")), "/bin/sh ended with code 1");
  EXPECT_EQ(failure(renattach("echo bad >&2; exit 75")), "/bin/sh ended with code 75: bad");
  EXPECT_EQ(failure(renattach(":")), "/bin/sh printed nothing");
  EXPECT_EQ(failure(renattach("echo not found")), "/bin/sh: what it printed is no mail");
  EXPECT_EQ(failure(renattach("kill $$")), "/bin/sh was killed by signal 15");
  EXPECT_EQ(failure(renattach("cat; echo; exit 77")), "none");  // renattach --excode
  EXPECT_THAT(failure(renattach_settings("/no/such/program", 60s)), StartsWith("can't start /no/such/program"));
  EXPECT_THAT(failure(renattach_settings(shell("sleep 60"), 100ms)), HasSubstr("did not end within 100 ms"));
}

TEST_F(ProgramFilterTest, IgnoresAnHtmlParserThatFails) {
  const auto got = filter(overwrite_settings(shell("echo X: 1; cat; exit 3"), 60s));
  EXPECT_EQ(octets(got), "none");
  EXPECT_THAT(got.note, StartsWith("ERR: HTML Parser returned error! Ignoring it's output!"));
  EXPECT_FALSE(got.verdict);
  tools.spool.directory = dir.path();
  EXPECT_FALSE((*ProgramFilter::make(tools, overwrite_settings("/bin/cat", 60s)))->required());
}

TEST_F(ProgramFilterTest, GivesTheLoginNameAsOneWord) {
  user = "joe; echo $HOME";
  EXPECT_THAT(octets(filter(overwrite_settings("/bin/sh -c 'echo X-User: \"$1\"; cat' sh htmluser", 60s))),
              StartsWith("X-User: joe; echo $HOME\r\nFrom:"));
}

TEST_F(ProgramFilterTest, RefusesACommandThatIsNone) {
  EXPECT_FALSE(ProgramFilter::make(tools, renattach_settings("  ", 60s)));
  EXPECT_FALSE(ProgramFilter::make(tools, renattach_settings("/bin/cat 'x", 60s)));
}

/// The program of that name, as Debian has it.
TEST_F(ProgramFilterTest, UnderstandsRenattach) {
  if (find_program("renattach").empty()) GTEST_SKIP() << "renattach is not installed";
  const auto settings = renattach_settings("renattach", 60s);
  const std::string body =
      "pre\r\n--b\r\nContent-Type: text/plain\r\n\r\n.\r\n..\r\n" + std::string(9000, 'x') + "\r\n--b\r\n";
  const std::string head = "From: a@b\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n";
  const auto got = octets(filter(
      settings, head + "\r\n" + body + "Content-Type: application/x-msdownload; name=x.exe\r\n\r\nhi\r\n--b--\r\n"));
  EXPECT_THAT(got, HasSubstr("x_exe.bad"));
  EXPECT_THAT(got, HasSubstr("\r\n\r\n" + body));
  std::size_t bare = 0;
  for (std::size_t at = 0; (at = got.find('\n', at)) != std::string::npos; ++at) bare += got[at - 1] == '\r' ? 0 : 1;
  EXPECT_EQ(bare, 0U);
}

}  // namespace
}  // namespace p3scan
