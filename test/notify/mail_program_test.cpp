// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/mail_program.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "notify/fake_smtp.h"
#include "spool/scratch.h"

namespace p3scan::notify {
namespace {

using Outcome = Delivery::Result;
using test::contents;

struct InputCase {
  std::string_view message;
  std::string_view input;
};
constexpr InputCase kInputs[] = {
    {"A: b\r\n\r\nhi\r\n\r\nyou\r\n", "hi\n\nyou\n"},
    {"A: b\r\n\r\n~!rm\r\n x~\r\n~~\r\n", " ~!rm\n x~\n ~~\n"},
    {"A: b\r\n\r\n.\r\nx\r\n", ".\nx\n"},
    {"A: b\r\n\r\n", ""},
    {"no header", "no header\n"},
};

TEST(MailProgram, GetsTheBody) {
  for (const auto& row : kInputs) EXPECT_EQ(program_input(row.message), row.input);
}

TEST(MailProgram, SubjectsAreOneBoundedLine) {
  EXPECT_EQ(program_subject("a\r\nb\x1b c\xff"), "a  b  c\xc3\xbf");
  EXPECT_EQ(program_subject(std::string(500, 'x')).size(), 200U);
  EXPECT_EQ(program_subject(std::string(199, 'x') + "ä").size(), 199U);
}

class MailProgramTest : public testing::Test {
 protected:
  /// A program for the shell that mails nothing: writes its arguments, one a line, and its input into files.
  MailProgram script(std::string_view more = "") {
    const auto path = dir.path() + "/mail";
    std::ofstream(path) << "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\n' \"$a\"; done > " << dir.path()
                        << "/arguments\ncat > " << dir.path() << "/input\n"
                        << more << "\n";
    ::chmod(path.c_str(), 0755);
    return {.words = {path, "-v"}, .limit = std::chrono::seconds(20)};
  }
  Delivery send(const MailProgram& program) { return test::run_until_done(io, send_by_program(program, letter)); }

  asio::io_context io;
  test::Scratch dir;
  Letter letter{.to = {"root@localhost", "admin@x.org"}, .subject = "the subject", .message = "A: b\r\n\r\nhi\r\n"};
};

TEST_F(MailProgramTest, IsCalledLikeMail) {
  const auto delivery = send(script());
  EXPECT_EQ(delivery.result, Outcome::sent) << delivery.why;
  EXPECT_TRUE(letter.to.empty());
  EXPECT_EQ(contents(dir.path() + "/arguments"), "-v\n-s\nthe subject\nroot@localhost\nadmin@x.org\n");
  EXPECT_EQ(contents(dir.path() + "/input"), "hi\n");
}

TEST_F(MailProgramTest, NothingReachesAShell) {
  for (const std::string evil : {"'; touch X; '", "$(touch X)", "`touch X`", "\"; touch X; \"", "| touch X", "-- -f X",
                                 "a\r\ntouch X", "a\ntouch X"}) {
    auto text = evil;
    text.replace(text.find('X'), 1, dir.path() + "/pwned");
    letter = {.to = {"root"}, .subject = text, .message = "A: b\r\n\r\n" + text + "\r\n"};
    EXPECT_EQ(send(script()).result, Outcome::sent);
    EXPECT_FALSE(std::filesystem::exists(dir.path() + "/pwned"));
    EXPECT_EQ(contents(dir.path() + "/arguments"), "-v\n-s\n" + program_subject(text) + "\nroot\n") << evil;
  }
}

struct EndCase {
  const char* script;
  Outcome result;
  const char* why;
};
constexpr EndCase kEnds[] = {
    {"exit 0", Outcome::sent, ""},
    {"exit 1", Outcome::later, "ended with code 1"},
    {"echo no such user; exit 67", Outcome::never, "ended with code 67: no such user"},
    {"echo try again >&2; exit 75", Outcome::later, "ended with code 75: try again"},
    {"kill -9 $$", Outcome::later, "ended with signal 9"},
    {"exit 127", Outcome::later, "ended with code 127"},
};

TEST_F(MailProgramTest, ItsEndDecides) {
  for (const auto& row : kEnds) {
    letter.to = {"root"};
    const auto delivery = send(script(row.script));
    EXPECT_EQ(delivery.result, row.result) << row.script;
    EXPECT_EQ(delivery.why, row.why) << row.script;
    EXPECT_EQ(letter.to.empty(), row.result == Outcome::sent);
  }
}

TEST_F(MailProgramTest, TheInputNeedNotBeRead) {
  letter.message = "A: b\r\n\r\n" + std::string(3'000'000, 'x');
  std::ofstream(dir.path() + "/deaf") << "#!/bin/sh\nexit 0\n";
  ::chmod((dir.path() + "/deaf").c_str(), 0755);
  EXPECT_EQ(send({.words = {dir.path() + "/deaf"}, .limit = std::chrono::seconds(20)}).result, Outcome::sent);
}

TEST_F(MailProgramTest, AHangingOneIsKilled) {
  auto program = script("sleep 1000");
  program.limit = std::chrono::seconds(1);
  const auto delivery = send(program);
  EXPECT_EQ(delivery.result, Outcome::later);
  EXPECT_EQ(delivery.why, "took too long and was killed");
}

TEST_F(MailProgramTest, AMissingOneIsNoUse) {
  const auto delivery = send({.words = {dir.path() + "/none"}, .limit = std::chrono::seconds(20)});
  EXPECT_EQ(delivery.result, Outcome::never);
  EXPECT_EQ(letter.to.size(), 2U);
}

}  // namespace
}  // namespace p3scan::notify
