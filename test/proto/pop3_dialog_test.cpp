// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <string>

#include "proto/pop3/dialog.h"
#include "support/pop3_script.h"

namespace p3scan::proto::pop3 {
namespace {

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
    {"sasl_after_other_commands", R"(
      C: STAT
      C: AUTH XOAUTH2
      C: QUIT
      S< STAT
      S< AUTH XOAUTH2
      S: +OK 0 0
      C< +OK 0 0
      quiet
      S: + VXNlcm5hbWU6
      C< + VXNlcm5hbWU6
      S< QUIT
      S: -ERR
      C< -ERR)"},
    {"refused_listing_has_no_lines", R"(
      C: LIST
      C: CAPA
      S< LIST
      S< CAPA
      S: -ERR
      S: -ERR
      C< -ERR
      C< -ERR
      S: STLS
      end: protocol_error)"},
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

class RelayTest : public testing::TestWithParam<Case> {};
TEST_P(RelayTest, Relays) { play(GetParam().script); }

class HostileServerTest : public testing::TestWithParam<Case> {};
TEST_P(HostileServerTest, IsNotPassedOn) { play(GetParam().script); }

INSTANTIATE_TEST_SUITE_P(Pop3, RelayTest, testing::ValuesIn(kRelay), kCaseName);
INSTANTIATE_TEST_SUITE_P(Pop3, HostileServerTest, testing::ValuesIn(kHostileServer), kCaseName);

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

}  // namespace
}  // namespace p3scan::proto::pop3
