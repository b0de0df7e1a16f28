// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <string>

#include "support/pop3_script.h"

namespace p3scan::proto::pop3 {
namespace {

const Case kKeepAlive[] = {
    {"header_fields_then_lines_of_ours", R"(
      C: RETR 1
      S< RETR 1
      S: +OK 5 octets
      tick
      quiet
      S: From: a
      S: To: b,
      S:  c
      S: Date: d
      S: Subject: e
      tick
      C< +OK 5 octets
      C< From: a
      quiet
      tick
      C< To: b,
      C<  c
      quiet
      tick
      C< Date: d
      tick
      C< X-P3Scan: *
      S:
      S: body
      S: .
      tick
      C< X-P3Scan: *
      S< NOOP
      scan: deliver
      C< Subject: e
      C<
      C< body
      C< .
      S: +OK late
      quiet
      C: STAT
      S< STAT
      S: +OK 1 5
      C< +OK 1 5)"},
    {"infected_after_the_header", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: From: a
      S: Subject: e
      S:
      S: EICAR
      S: .
      tick
      C< +OK
      C< From: a
      S< NOOP
      S: +OK
      quiet
      tick
      C< X-P3Scan: *
      S< NOOP
      scan: replace
      C< Subject: [Virus] found
      C<
      C< Replaced.
      C< .
      S: -ERR late too
      quiet)"},
    {"one_noop_at_a_time", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: Subject: e
      S: .
      tick
      C< +OK
      C< X-P3Scan: *
      S< NOOP
      tick
      C< X-P3Scan: *
      quiet
      S~ +O
      tick
      C< X-P3Scan: *
      S: K
      tick
      C< X-P3Scan: *
      S< NOOP
      C: STAT
      S< STAT
      S: +OK noop
      S: +OK 1 1
      tick
      C< X-P3Scan: *
      quiet
      scan: deliver
      C< Subject: e
      C< .
      C< +OK 1 1)"},
    {"no_noop_while_replies_are_owed", R"(
      C: RETR 1
      C: RETR 2
      S< RETR 1
      S< RETR 2
      S: +OK
      S: a
      S: .
      tick
      C< +OK
      C< X-P3Scan: *
      quiet
      scan: deliver
      C< a
      C< .
      S: -ERR
      C< -ERR)"},
    {"refused_commands_do_not_stop_the_noop", R"(
      C: RETR 1
      C: STLS
      S< RETR 1
      S: +OK
      S: a
      S: .
      tick
      C< +OK
      C< X-P3Scan: *
      S< NOOP
      S: +OK
      tick
      C< X-P3Scan: *
      S< NOOP
      scan: deliver
      C< a
      C< .
      S: +OK
      C< -ERR TLS is not available)"},
    {"failure_after_the_header_cuts", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: From: a
      S: Subject: EICAR
      S: .
      tick
      C< +OK
      C< From: a
      S< NOOP
      scan: fail engine down
      end: aborted)"},
    {"no_space_after_the_header_cuts", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: From: a
      S: To: b
      tick
      C< +OK
      C< From: a
      error: no_space
      end: aborted)"},
    {"server_gone_after_the_header_cuts", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: From: a
      S: To: b
      tick
      C< +OK
      C< From: a
      S: .
      S!
      tick
      C< X-P3Scan: *
      quiet
      scan: refuse no
      end: aborted)"},
    {"server_gone_in_a_message_that_began_cuts", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: From: a
      S: To: b
      tick
      C< +OK
      C< From: a
      S!
      quiet
      end: server_gone)"},
    {"no_noop_to_a_server_that_talks_unasked", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: a
      S: .
      S: -ERR idle
      tick
      C< +OK
      C< X-P3Scan: *
      quiet
      scan: deliver
      C< a
      C< .
      end: server_gone)"},
    {"unanswered_noop_then_server_gone", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: From: a
      S: Subject: b
      S: .
      tick
      C< +OK
      C< From: a
      S< NOOP
      S!
      scan: deliver
      C< Subject: b
      C< .
      end: server_gone)"},
    {"lines_with_dots_wait_for_delivery", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: From: a
      S: ..To: b
      S: .Cc: c
      S: Subject: b
      S: .
      tick
      C< +OK
      C< From: a
      S< NOOP
      S: +OK
      tick
      C< X-P3Scan: *
      S< NOOP
      S: +OK
      scan: deliver
      C< ..To: b
      C< .Cc: c
      C< Subject: b
      C< .)"},
    {"lone_dot_waits_for_delivery", R"(
      C: RETR 1
      S< RETR 1
      S: +OK
      S: .From: a
      S: Subject: b
      S: .
      tick
      C< +OK
      C< X-P3Scan: *
      S< NOOP
      S: +OK
      scan: deliver
      C< .From: a
      C< Subject: b
      C< .)"},
};

class KeepAliveTest : public testing::TestWithParam<Case> {};
TEST_P(KeepAliveTest, KeepsBothSidesAlive) { play(GetParam().script); }
INSTANTIATE_TEST_SUITE_P(Pop3, KeepAliveTest, testing::ValuesIn(kKeepAlive), kCaseName);

TEST(Pop3Dialog, WakesTheServerDuringALongDelivery) {
  Dialog dialog({});
  test::FakeEngine engine(dialog);
  engine.feed(Side::server, "+OK\r\n");
  engine.feed(Side::client, "RETR 1\r\n");
  engine.run();
  engine.feed(Side::server, "+OK\r\na\r\n.\r\n");
  engine.run();
  engine.rule({.kind = Ruling::Kind::deliver, .text = {}});
  engine.run();
  engine.sent(Side::client).clear();
  Outbox out;
  dialog.during_delivery(out);
  dialog.during_delivery(out);
  EXPECT_EQ(out.server, "NOOP\r\n") << "one at a time";
  engine.feed(Side::server, "+OK awake\r\n");
  engine.run();
  EXPECT_EQ(engine.sent(Side::client), "");
  engine.feed(Side::client, "STAT\r\n");
  engine.run();
  engine.feed(Side::server, "+OK 1 1\r\n");
  engine.run();
  EXPECT_EQ(engine.sent(Side::client), "+OK 1 1\r\n");
}

TEST(Pop3Dialog, ARulingOvertakesTheKeepAlive) {
  Dialog dialog({});
  test::FakeEngine engine(dialog);
  engine.feed(Side::server, "+OK\r\n");
  engine.feed(Side::client, "RETR 1\r\n");
  engine.run();
  engine.feed(Side::server, "+OK\r\nEICAR\r\n.\r\n");
  engine.run();
  engine.rule({.kind = Ruling::Kind::refuse, .text = "no"});
  engine.tick();
  engine.run();
  EXPECT_EQ(engine.sent(Side::client), "+OK\r\n-ERR [SYS/PERM] no\r\n");
}

}  // namespace
}  // namespace p3scan::proto::pop3
