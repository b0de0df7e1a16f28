// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "support/pop3_script.h"

namespace p3scan::proto::pop3 {
namespace {

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

class UseUrlTest : public testing::TestWithParam<Case> {};
TEST_P(UseUrlTest, ConnectsWhereTheLoginSays) { play(GetParam().script, {.useurl = true, .product = "Gate"}); }
INSTANTIATE_TEST_SUITE_P(Pop3, UseUrlTest, testing::ValuesIn(kUseUrl), kCaseName);

}  // namespace
}  // namespace p3scan::proto::pop3
