// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "support/pop3_script.h"

namespace p3scan::proto::pop3 {
namespace {

const Dialog::Options kOffered = {.offer_tls = true};

class Pop3Tls : public testing::TestWithParam<Case> {};

TEST_P(Pop3Tls, Script) { play(GetParam().script, kOffered); }

constexpr Case kCases[] = {
    {"upgrade", R"(
      C: CAPA
      S< CAPA
      S: +OK
      S: STLS
      S: UIDL
      S: .
      C< +OK
      C< STLS
      C< UIDL
      C< .
      C: stls
      S< STLS
      quiet
      S: +OK begin
      C< +OK begin
      tls
      C: CAPA
      S< CAPA
      S: +OK
      S: STLS
      S: SASL PLAIN
      S: .
      C< +OK
      C< SASL PLAIN
      C< .
      C: STLS
      C< -ERR TLS is in use already
      C: USER ann
      S< USER ann
      login: ann
      S: +OK
      C< +OK
      C: QUIT
      S< QUIT
      S: +OK
      C< +OK
      end: finished)"},
    {"not_asked_before_all_is_answered", R"(
      C: NOOP
      C: STLS
      S< NOOP
      quiet
      S: +OK
      C< +OK
      S< STLS
      S: +OK
      C< +OK
      tls)"},
    {"behind_a_message", R"(
      C: RETR 1
      C: STLS
      S< RETR 1
      S: +OK
      S: Subject: x
      S: .
      quiet
      scan: deliver
      C< +OK
      C< Subject: x
      C< .
      S< STLS
      S: +OK
      C< +OK
      tls)"},
    {"refused_by_the_server", R"(
      C: STLS
      S< STLS
      S: -ERR no certificate
      C< -ERR no certificate
      C: STAT
      S< STAT
      S: +OK 0 0
      C< +OK 0 0
      C: STLS
      S< STLS
      S: +OK
      C< +OK
      tls)"},
    {"refused_with_more_commands_behind", R"(
      C: STLS
      C: STAT
      S< STLS
      quiet
      S: -ERR no
      C< -ERR no
      S< STAT
      S: +OK 0 0
      C< +OK 0 0)"},
    {"arguments", "C: STLS now\nC< -ERR STLS takes no arguments"},
    {"client_injects", R"(
      C: STLS
      C: USER mallory
      S< STLS
      S: +OK
      end: protocol_error)"},
    {"client_injects_half_a_line", R"(
      C: STLS
      C~ U
      S< STLS
      S: +OK
      end: protocol_error)"},
    {"client_injects_later", R"(
      C: STLS
      S< STLS
      S: +OK
      C< +OK
      C: USER mallory
      end: protocol_error)"},
    {"server_injects_later", R"(
      C: STLS
      S< STLS
      S: +OK
      C< +OK
      S: +OK ready
      end: protocol_error)"},
    {"challenge_is_no_answer", "C: STLS\nS< STLS\nS: + go on\nend: protocol_error"},
};

INSTANTIATE_TEST_SUITE_P(Table, Pop3Tls, testing::ValuesIn(kCases), kCaseName);

/// In one segment the words that agree are not even said; in many they may be, before the plain text is seen.
TEST(Pop3TlsOffer, OfTheServerInTheSameSegment) {
  Dialog dialog(kOffered);
  test::FakeEngine engine(dialog);
  engine.feed(Side::server, "+OK ready\r\n");
  engine.feed(Side::client, "STLS\r\n");
  engine.run();
  engine.feed(Side::server, "+OK go\r\n+OK smuggled\r\n");
  engine.run();
  ASSERT_TRUE(engine.ended());
  EXPECT_EQ(engine.ended()->outcome, Outcome::protocol_error);
  EXPECT_EQ(engine.sent(Side::client), "+OK ready\r\n");
}

TEST(Pop3TlsOffer, AgreedToBeforeItWasAsked) {
  Dialog dialog(kOffered);
  test::FakeEngine engine(dialog);
  engine.feed(Side::server, "+OK ready\r\n");
  engine.feed(Side::client, "NOOP\r\nSTLS\r\n");
  engine.run();
  engine.feed(Side::server, "+OK\r\n+OK\r\n");
  engine.run();
  ASSERT_TRUE(engine.ended());
  EXPECT_EQ(engine.ended()->outcome, Outcome::protocol_error);
  EXPECT_EQ(engine.sent(Side::server), "NOOP\r\n");
}

TEST(Pop3TlsOffer, IsHiddenUnlessOffered) { play("C: STLS\nC< -ERR TLS is not available", {}); }

}  // namespace
}  // namespace p3scan::proto::pop3
