// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <string>

#include "proto/pop3/dialog.h"
#include "support/dialog_script.h"

namespace p3scan::proto::pop3 {
namespace {

struct Case {
  const char* name;
  std::string_view script;
};

/// A script that begins after the greeting.
std::size_t play(std::string_view script, Dialog::Options options = {}) {
  const std::string greeting = options.useurl ? "" : "S: +OK ready\nC< +OK ready\n";
  return test::play([&] { return std::make_unique<Dialog>(options); }, greeting + std::string(script));
}

const Case kRelay[] = {
    {"login", R"(
      C: USER joe
      login: joe
      S< USER joe
      S: +OK
      C< +OK
      C: pass  geheim 
      S< pass  geheim 
      S: +OK 2 messages
      C< +OK 2 messages
      C: QUIT
      S< QUIT
      S: +OK bye
      C< +OK bye
      end: finished)"},
    {"lf_only_commands_go_on_with_crlf", R"(
      C~ STAT\nNOOP\n
      S< STAT
      S< NOOP
      S: +OK 0 0
      S: +OK
      C< +OK 0 0
      C< +OK)"},
    {"pipelined_listings", R"(
      C: LIST
      C: LIST 1
      C: UIDL
      C: UIDL 9
      C: LANG
      C: NOOP
      S< LIST
      S< LIST 1
      S< UIDL
      S< UIDL 9
      S< LANG
      S< NOOP
      S: +OK 2 messages
      S: 1 100
      S: ..2 200
      S: .
      S: +OK 1 100
      S: +OK
      S: .
      S: -ERR no such
      S: -ERR no languages
      S: +OK
      C< +OK 2 messages
      C< 1 100
      C< ..2 200
      C< .
      C< +OK 1 100
      C< +OK
      C< .
      C< -ERR no such
      C< -ERR no languages
      C< +OK
      quiet)"},
    {"listing_is_relayed_as_it_arrives", R"(
      C: LIST
      S< LIST
      S: +OK
      C< +OK
      S: 1 1
      C< 1 1
      S~ 2
      quiet
      S:  2
      C< 2 2
      S: .
      C< .)"},
    {"capabilities_without_tls", R"(
      C: CAPA
      S< CAPA
      S: +OK
      S: TOP
      S: STLS
      S: PIPELINING
      S: stls now
      S: STLSX
      S: SASL PLAIN
      S: .
      C< +OK
      C< TOP
      C< PIPELINING
      C< STLSX
      C< SASL PLAIN
      C< .)"},
    {"tls_is_refused_in_its_place", R"(
      C: STAT
      C: stls
      C: NOOP
      S< STAT
      S< NOOP
      quiet
      S: +OK 0 0
      S: +OK noop
      C< +OK 0 0
      C< -ERR TLS is not available
      C< +OK noop)"},
    {"flawed_commands_are_refused", R"(
      C: NOOP\0
      C: NOOP\rRETR 1
      C:
      C< -ERR Control character in command
      C< -ERR Control character in command
      C< -ERR Empty command
      quiet)"},
    {"apop", R"(
      C: APOP joe 0123456789
      login: joe
      S< APOP joe 0123456789
      S: +OK
      C< +OK)"},
    {"unknown_commands_are_single_line", R"(
      C: XTND XLST
      S< XTND XLST
      S: -ERR what
      C< -ERR what)"},
    {"mechanisms", R"(
      C: AUTH
      S< AUTH
      S: +OK
      S: PLAIN
      S: .
      C< +OK
      C< PLAIN
      C< .)"},
    {"sasl_lines_are_data", R"(
      C: AUTH LOGIN
      C: am9l
      S< AUTH LOGIN
      quiet
      S: + VXNlcm5hbWU6
      login: joe
      S< am9l
      C< + VXNlcm5hbWU6
      S: + UGFzc3dvcmQ6
      C< + UGFzc3dvcmQ6
      C: QUIT
      S< QUIT
      quiet
      S: -ERR wrong
      C< -ERR wrong
      C: RETR 1
      S< RETR 1
      S: -ERR no
      C< -ERR no)"},
    {"sasl_initial_response", R"(
      C: AUTH PLAIN AGpvZQBzZWNyZXQ=
      C: STAT
      login: joe
      S< AUTH PLAIN AGpvZQBzZWNyZXQ=
      quiet
      S: +OK in
      C< +OK in
      S< STAT
      S: +OK 0 0
      C< +OK 0 0)"},
    {"sasl_cancelled", R"(
      C: AUTH CRAM-MD5
      S< AUTH CRAM-MD5
      S: +
      C< +
      C: *
      S< \x2a
      S: -ERR cancelled
      C< -ERR cancelled)"},
    {"sasl_flaw_cancels", R"(
      C: AUTH PLAIN
      S< AUTH PLAIN
      S: + 
      C< + 
      C~ AG\0pv\r\n
      S< \x2a
      S: -ERR cancelled
      C< -ERR cancelled)"},
    {"sasl_empty_line", R"(
      C: AUTH XOAUTH2 abc
      S< AUTH XOAUTH2 abc
      S: + eyJzdGF0dXMiOiI0MDEifQ==
      C< + eyJzdGF0dXMiOiI0MDEifQ==
      C:
      S<
      S: -ERR denied
      C< -ERR denied)"},
    {"client_leaves_in_sasl", R"(
      C: AUTH PLAIN
      S< AUTH PLAIN
      S: +
      C< +
      C~ AGpv
      C!
      end: client_gone)"},
    {"half_closed_client_gets_its_answers", R"(
      C: STAT
      C: QUIT
      C!
      S< STAT
      S< QUIT
      S: +OK 0 0
      C< +OK 0 0
      S: +OK bye
      C< +OK bye
      end: finished)"},
    {"client_leaves", R"(
      C~ STA
      C!
      end: client_gone)"},
    {"server_leaves", R"(
      C: STAT
      S< STAT
      S~ +OK 1
      S!
      end: server_gone)"},
    {"server_says_goodbye", R"(
      S: -ERR idle
      end: server_gone)"},
    {"nothing_after_quit", R"(
      C: QUIT
      C: STAT
      S< QUIT
      S: +OK
      C< +OK
      end: finished)"},
};

const Case kHostileServer[] = {
    {"unsolicited", R"(
      S: +OK new mail
      end: protocol_error)"},
    {"more_than_one_line", R"(
      C: STAT
      S< STAT
      S: +OK
      S: EICAR
      C< +OK
      end: protocol_error)"},
    {"neither_ok_nor_err", R"(
      C: RETR 1
      S< RETR 1
      S: EICAR
      end: protocol_error)"},
    {"unasked_challenge", R"(
      C: STAT
      S< STAT
      S: + EICAR
      end: protocol_error)"},
    {"bare_lf_in_status", R"(
      C: RETR 1
      S< RETR 1
      S~ +OK\nSubject: x\n\nEICAR\n.\n
      end: protocol_error)"},
    {"bare_lf_in_listing", R"(
      C: LIST
      S< LIST
      S: +OK
      S~ 1 1\n.\n+OK\nEICAR\n.\n\r\n
      C< +OK
      end: protocol_error)"},
    {"nul_in_listing", R"(
      C: UIDL
      S< UIDL
      S: +OK
      S: 1 \0EICAR
      C< +OK
      end: protocol_error)"},
};

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
      C!
      S< RETR 1
      S: +OK
      S: a
      S: .
      scan: deliver
      C< +OK
      C< a
      C< .
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
      scan: deliver
      C< a
      C< .
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

const Case kUseUrl[] = {
    {"login_names_the_server", R"(
      C< +OK Gate ready
      C: CAPA
      C: NOOP
      C: AUTH
      C: STLS
      C: USER joe
      C< +OK
      C< USER
      C< RESP-CODES
      C< .
      C< -ERR Log in with USER name#server or name#server:port
      C< -ERR Log in with USER name#server or name#server:port
      C< -ERR Log in with USER name#server or name#server:port
      C< -ERR Log in with USER name#server or name#server:port
      C: USER joe#mx.example.org:1110
      C: PASS secret
      login: joe
      connect: mx.example.org:1110
      quiet
      S: +OK mx ready
      S< USER joe
      S< PASS secret
      quiet
      S: +OK who
      C< +OK who
      S: +OK in
      C< +OK in
      C: RETR 1
      S< RETR 1
      S: +OK
      S: EICAR
      S: .
      scan: replace
      C< +OK
      C< Subject: [Virus] found
      C<
      C< Replaced.
      C< .
      C: QUIT
      S< QUIT
      S: +OK
      C< +OK
      end: finished)"},
    {"v6", R"(
      C< +OK Gate ready
      C: user joe#[::1]
      login: joe
      connect: ::1:110
      S: -ERR busy
      C< -ERR busy
      S!
      end: server_gone)"},
    {"unreachable", R"(
      C< +OK Gate ready
      C: USER joe#mx
      login: joe
      connect: mx:110
      S!
      C< -ERR [SYS/TEMP] The mail server can't be reached
      end: server_gone)"},
    {"quit_before_login", R"(
      C< +OK Gate ready
      C: QUIT
      C< +OK Bye
      end: finished)"},
    {"client_leaves", R"(
      C< +OK Gate ready
      C!
      end: client_gone)"},
    {"not_pop3", R"(
      C< +OK Gate ready
      C: USER joe#mx:25
      login: joe
      connect: mx:25
      S: 220 mx ESMTP
      end: protocol_error)"},
};

class RelayTest : public testing::TestWithParam<Case> {};
TEST_P(RelayTest, Relays) { play(GetParam().script); }

class HostileServerTest : public testing::TestWithParam<Case> {};
TEST_P(HostileServerTest, IsNotPassedOn) { play(GetParam().script); }

class MessageTest : public testing::TestWithParam<Case> {};
TEST_P(MessageTest, IsHeldUntilItsRuling) { play(GetParam().script); }

class KeepAliveTest : public testing::TestWithParam<Case> {};
TEST_P(KeepAliveTest, KeepsBothSidesAlive) { play(GetParam().script); }

class UseUrlTest : public testing::TestWithParam<Case> {};
TEST_P(UseUrlTest, ConnectsWhereTheLoginSays) { play(GetParam().script, {.useurl = true, .product = "Gate"}); }

constexpr auto kName = [](const auto& c) { return std::string(c.param.name); };
INSTANTIATE_TEST_SUITE_P(Pop3, RelayTest, testing::ValuesIn(kRelay), kName);
INSTANTIATE_TEST_SUITE_P(Pop3, HostileServerTest, testing::ValuesIn(kHostileServer), kName);
INSTANTIATE_TEST_SUITE_P(Pop3, MessageTest, testing::ValuesIn(kMessage), kName);
INSTANTIATE_TEST_SUITE_P(Pop3, KeepAliveTest, testing::ValuesIn(kKeepAlive), kName);
INSTANTIATE_TEST_SUITE_P(Pop3, UseUrlTest, testing::ValuesIn(kUseUrl), kName);

TEST(Pop3Dialog, RelaysTheGreeting) {
  const auto make = [] { return std::make_unique<Dialog>(Dialog::Options{}); };
  test::play(make, "S: +OK <1.2@mx> ready\nC< +OK <1.2@mx> ready");
  test::play(make, "S: -ERR full\nS!\nC< -ERR full\nend: server_gone");
  test::play(make, "S: 220 mx ESMTP\nend: protocol_error");
  test::play(make, "S!\nend: server_gone");
}

TEST(Pop3Dialog, BoundsTheCommandsWithoutReply) {
  play(R"(
      C: STAT
      C: NOOP
      C: LIST
      C: DELE 1
      S< STAT
      S< NOOP
      quiet
      S: +OK
      C< +OK
      S< LIST
      S: -ERR
      C< -ERR
      S< DELE 1
      S: +OK
      S: .
      S: +OK
      C< +OK
      C< .
      C< +OK)",
       {.maxpipeline = 2});
  play("C: AUTH PLAIN\nS< AUTH PLAIN\nS: +\nC< +\nC: AA==\nS< AA==\nS: +OK\nC< +OK", {.maxpipeline = 1});
}

TEST(Pop3Dialog, BoundsLines) {
  const Dialog::Options options = {.maxline = 32};
  play("C: NOOP 7890123456789012345678901234567890\nC: STAT\nS< STAT\nC< -ERR Line too long\nS: +OK\nC< +OK", options);
  play("C: STAT\nS< STAT\nS~ +OK 567890123456789012345678901234567890\nend: protocol_error", options);
  play(R"(
      C: AUTH PLAIN
      S< AUTH PLAIN
      S: +
      C< +
      C: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
      S< \x2a
      S: -ERR
      C< -ERR)",
       options);
}

TEST(Pop3Dialog, NeedsFewCallsForAMessage) {
  std::string script = "C: RETR 1\nS< RETR 1\nS: +OK\n";
  for (int i = 0; i < 500; ++i) script += "S: some text of a mail\n";
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
