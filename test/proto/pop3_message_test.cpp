// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <string>

#include "support/pop3_script.h"

namespace p3scan::proto::pop3 {
namespace {

const Case kMessage[] = {
    {"clean", R"(
      C: RETR 1
      S< RETR 1
      S: +OK 120 octets
      S: Subject: hi
      S:
      S: ..dot
      S: .lone
      S: bare\nlf \r cr \0 nul \xff
      S: \n.\n
      quiet
      S: .
      quiet
      scan: deliver
      C< +OK 120 octets
      C< Subject: hi
      C<
      C< ..dot
      C< .lone
      C< bare\nlf \r cr \0 nul \xff
      C< \n.\n
      C< .
      C: QUIT
      S< QUIT
      S: +OK
      C< +OK
      end: finished)"},
    {"empty", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: .
      scan: deliver
      C< +OK
      C< .)"},
    {"infected", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: Subject: x
      S:
      S: EICAR
      S: .
      quiet
      scan: replace
      C< +OK
      C< Subject: [Virus] found
      C<
      C< Replaced.
      C< .
      C: NOOP
      S< NOOP
      S: +OK
      C< +OK)"},
    {"top_is_scanned", R"(
      C: top 1 5
      S< top 1 5
      S: +OK
      S: Subject: EICAR
      S:
      S: .
      quiet
      scan: replace
      C< +OK
      C< Subject: [Virus] found
      C<
      C< Replaced.
      C< .)"},
    {"no_such_message", R"(
      C: RETR 9
      S< RETR 9
      S: -ERR no such message
      C< -ERR no such message)"},
    {"refused", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: EICAR
      S: .
      scan: refuse encrypted
      C< -ERR [SYS/PERM] encrypted
      C: NOOP
      S< NOOP
      S: +OK
      C< +OK)"},
    {"failed", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: EICAR
      S: .
      scan: fail [IN-USE] later
      C< -ERR [IN-USE] later
      C: RETR 1
      S< RETR 1
      S: +OK
      S: clean
      S: .
      scan: deliver
      C< +OK
      C< clean
      C< .)"},
    {"pipelined", R"(
      C: RETR 1
      C: STLS
      C: RETR 2
      C: DELE 1
      S< RETR 1
      S< RETR 2
      S< DELE 1
      S: +OK one
      S: EICAR
      S: .
      S: +OK two
      S: b
      S: .
      S: +OK deleted
      quiet
      scan: replace
      C< +OK one
      C< Subject: [Virus] found
      C<
      C< Replaced.
      C< .
      C< -ERR TLS is not available
      quiet
      scan: deliver
      C< +OK two
      C< b
      C< .
      C< +OK deleted)"},
    {"commands_go_on_during_a_scan", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: a
      C: STAT
      C: USER x
      S< STAT
      S< USER x
      login: x
      S: .
      S: +OK 1 1
      quiet
      scan: deliver
      C< +OK
      C< a
      C< .
      C< +OK 1 1
      S: -ERR
      C< -ERR)"},
    {"server_leaves_during_the_scan", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: a
      S: .
      S!
      quiet
      scan: deliver
      C< +OK
      C< a
      C< .
      end: server_gone)"},
    {"server_leaves_in_the_message", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: EICAR
      S~ .
      S!
      C< -ERR [SYS/TEMP] *
      end: server_gone)"},
    {"client_closes_its_half", R"(
      C: RETR 1
      C: QUIT
      C!
      S< RETR 1
      S< QUIT
      S: +OK
      S: a
      S: .
      scan: deliver
      C< +OK
      C< a
      C< .
      S: +OK bye
      C< +OK bye
      end: finished)"},
    {"client_is_gone", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: a
      S: .
      C!
      end: client_gone)"},
    {"no_space", R"(
      C: RETR 1
      C: NOOP
      S< RETR 1
      S< NOOP
      S: +OK
      S: EICAR
      error: no_space
      S: EICAR
      quiet
      S: .
      S: +OK
      C< -ERR [SYS/TEMP] *
      C< +OK)"},
    {"too_large", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: EICAR
      error: too_large
      S: .
      C< -ERR [SYS/PERM] *)"},
    {"io_error_at_the_end", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: EICAR
      S: .
      error: io
      C< -ERR [SYS/TEMP] *
      C: NOOP
      S< NOOP
      S: +OK
      C< +OK)"},
};

class MessageTest : public testing::TestWithParam<Case> {};
TEST_P(MessageTest, IsHeldUntilItsRuling) { play(GetParam().script); }
INSTANTIATE_TEST_SUITE_P(Pop3, MessageTest, testing::ValuesIn(kMessage), kCaseName);

TEST(Pop3Dialog, NeedsFewCallsForAMessage) {
  Dialog dialog({});
  test::FakeEngine engine(dialog);
  engine.feed(Side::server, "+OK\r\n");
  engine.feed(Side::client, "RETR 1\r\n");
  engine.run();
  const auto before = engine.resumes();
  engine.feed(Side::server, "+OK\r\n" + std::string(40000, 'x') + "\r\n.\r\n");
  engine.run();
  engine.rule({.kind = Ruling::Kind::deliver, .text = {}});
  engine.run();
  // Begin, Scan, Deliver, Wait; and the engine asks again after Scan and Wait.
  EXPECT_LE(engine.resumes() - before, 6U);
}

}  // namespace
}  // namespace p3scan::proto::pop3
