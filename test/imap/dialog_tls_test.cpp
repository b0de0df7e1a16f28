// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "support/imap_script.h"

namespace p3scan::imap {
namespace {

const Case kTls[] = {
    {"upgrade", R"(
      S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED LOGIN-REFERRALS] ready
      C< * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready
      C: a STARTTLS
      S< a STARTTLS
      S: a OK begin
      C< a OK begin
      quiet
      tls
      C: b CAPABILITY
      S< b CAPABILITY
      S: * CAPABILITY IMAP4rev1 STARTTLS LOGIN-REFERRALS
      S: b OK
      C< * CAPABILITY IMAP4rev1 LOGIN-REFERRALS
      C< b OK
      C: c STARTTLS
      C< c BAD STARTTLS is not available)"},
    {"refused_by_the_server", R"(
      S: * OK ready
      C< * OK ready
      C: a STARTTLS
      S< a STARTTLS
      S: a NO not now
      C< a NO not now
      C: b NOOP
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"no_longer_offered", R"(
      S: * OK [CAPABILITY IMAP4rev1] ready
      C< * OK [CAPABILITY IMAP4rev1] ready
      C: a STARTTLS
      C< a NO The mail server does not offer TLS)"},
    {"injected_by_the_client", R"(
      S: * OK ready
      C< * OK ready
      C: a STARTTLS
      C: b LOGIN eve x
      S< a STARTTLS
      S: a OK begin
      end: protocol_error)"},
    {"injected_by_the_server", R"(
      S: * OK ready
      C< * OK ready
      C: a STARTTLS
      S< a STARTTLS
      S: a OK begin
      S: * CAPABILITY IMAP4rev1 AUTH=PLAIN)"},
    {"mail_in_between", R"(
      S: * OK ready
      C< * OK ready
      C: a STARTTLS
      S< a STARTTLS
      S: * ID ("trap" "x")
      end: protocol_error)"},
    {"after_preauth", R"(
      S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] in
      C< * PREAUTH [CAPABILITY IMAP4rev1] in
      C: a STARTTLS
      C< a BAD STARTTLS is not available)"},
};

class Tls : public testing::TestWithParam<Case> {};
TEST_P(Tls, IsPlayed) {
  const std::string name = GetParam().name;
  if (name == "injected_by_the_server") return;  // its words depend on what came in one piece, see below
  play_raw(GetParam().script, {.starttls = true});
}
INSTANTIATE_TEST_SUITE_P(Table, Tls, testing::ValuesIn(kTls), kCaseName);

TEST(TlsInjection, OfTheServerEndsTheSession) {
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20U}) {
    Dialog dialog({.starttls = true});
    test::FakeEngine engine(dialog);
    engine.feed(proto::Side::server, "* OK ready\r\n");
    engine.run();
    engine.feed(proto::Side::client, "a STARTTLS\r\n");
    engine.run();
    std::string_view said = "a OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n";
    while (!said.empty() && !engine.ended()) {
      engine.feed(proto::Side::server, said.substr(0, chunk));
      said.remove_prefix(std::min(chunk, said.size()));
      engine.run();
    }
    ASSERT_TRUE(engine.ended());
    EXPECT_EQ(engine.ended()->outcome, proto::Outcome::protocol_error);
    EXPECT_FALSE(engine.sent(proto::Side::client).contains("AUTH=PLAIN"));
  }
}

}  // namespace
}  // namespace p3scan::imap
