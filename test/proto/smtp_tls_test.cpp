// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp_scripts.h"

namespace p3scan::proto::smtp {
namespace {

const Options kOffered = {.offer_tls = true};

constexpr std::string_view kTlsHello = R"(
  S: 220 mx ready
  C< 220 mx ready
  C: EHLO me
  S< EHLO me
  S: 250-mx
  S: 250-CHUNKING
  S: 250 STARTTLS
  C< 250-mx
  C< 250-CHUNKING
  C< 250 STARTTLS
)";

const Script kScripts[] = {
    {"upgrade", R"(
        C: starttls
        S< STARTTLS
        quiet
        S: 220 go
        C< 220 go
        tls
        C: EHLO me
        S< EHLO me
        S: 250-mx
        S: 250-STARTTLS
        S: 250 AUTH PLAIN
        C< 250-mx
        C< 250 AUTH PLAIN
        C: STARTTLS
        C< 503 5.5.1*
        C: QUIT
        S< QUIT
        S: 221 bye
        C< 221 bye
        end: finished)",
     kOffered, kTlsHello},
    {"what_was_learned_is_void", R"(
        C: MAIL FROM:<a@b>
        S< MAIL FROM:<a@b>
        S: 250 ok
        login: a@b
        C< 250 ok
        C: RCPT TO:<c@d>
        S< RCPT TO:<c@d>
        S: 250 ok
        C< 250 ok
        C: STARTTLS
        S< STARTTLS
        S: 220 go
        C< 220 go
        tls
        C~ BDAT 3 LAST\r\nabc
        C< 502 5.5.1 BDAT not offered
        C: DATA
        S< DATA
        S: 503 no
        C< 503 no)",
     kOffered, kTlsHello},
    {"waits_for_earlier_replies", R"(
        C: NOOP
        C: STARTTLS
        S< NOOP
        quiet
        S: 250 ok
        C< 250 ok
        S< STARTTLS
        S: 220 go
        C< 220 go
        tls)",
     kOffered, kTlsHello},
    {"refused_by_the_server", R"(
        C: STARTTLS
        C: NOOP
        S< STARTTLS
        quiet
        S: 454 4.7.0 not now
        C< 454 4.7.0 not now
        S< NOOP
        S: 250 ok
        C< 250 ok)",
     kOffered, kTlsHello},
    {"server_does_not_offer_it", R"(
        C: STARTTLS
        C< 454 4.7.0*
        C: NOOP
        S< NOOP
        S: 250 ok
        C< 250 ok)",
     kOffered, kHello},
    {"server_stops_offering_it", R"(
        C: EHLO me
        S< EHLO me
        S: 250 mx
        C< 250 mx
        C: STARTTLS
        C< 454 4.7.0*)",
     kOffered, kTlsHello},
    {"arguments", "C: STARTTLS now\nC< 501 5.5.4*", kOffered, kTlsHello},
    {"odd_agreement", R"(
        C: STARTTLS
        S< STARTTLS
        S: 250 go
        C< 421*
        end: protocol_error)",
     kOffered, kTlsHello},
    {"server_leaves_instead", R"(
        C: STARTTLS
        S< STARTTLS
        S: 421 bye
        C< 421 bye)",
     kOffered, kTlsHello},
    {"client_injects", R"(
        C: STARTTLS
        C: MAIL FROM:<mallory@x>
        S< STARTTLS
        S: 220 go
        end: protocol_error)",
     kOffered, kTlsHello},
    {"client_injects_later", R"(
        C: STARTTLS
        S< STARTTLS
        S: 220 go
        C< 220 go
        C: MAIL FROM:<mallory@x>
        end: protocol_error)",
     kOffered, kTlsHello},
    {"server_injects_later", R"(
        C: STARTTLS
        S< STARTTLS
        S: 220 go
        C< 220 go
        S: 250 smuggled
        end: protocol_error)",
     kOffered, kTlsHello},
    {"between_chunks", R"(
        C: MAIL FROM:<a@b>
        C: RCPT TO:<c@d>
        S< MAIL FROM:<a@b>
        S: 250 ok
        S< RCPT TO:<c@d>
        S: 250 ok
        login: a@b
        C< 250 ok
        C< 250 ok
        C~ BDAT 3\r\nabc
        C< 250*
        C: STARTTLS
        C< 503 5.5.1*)",
     kOffered, kTlsHello},
};

class SmtpTls : public testing::TestWithParam<Script> {};

TEST_P(SmtpTls, Script) {
  const auto& script = GetParam();
  test::play([&] { return std::make_unique<SmtpDialog>(script.options); },
             std::string(script.before) + std::string(script.text));
}

INSTANTIATE_TEST_SUITE_P(Table, SmtpTls, testing::ValuesIn(kScripts), [](const auto& c) { return c.param.name; });

/// In one segment the words that agree are not even said.
TEST(SmtpTlsInjection, OfTheServerInTheSameSegment) {
  SmtpDialog dialog(kOffered);
  test::FakeEngine engine(dialog);
  engine.feed(Side::client, "EHLO me\r\n");
  engine.feed(Side::server, "220 mx\r\n");
  engine.run();
  engine.feed(Side::server, "250-mx\r\n250 STARTTLS\r\n");
  engine.feed(Side::client, "STARTTLS\r\n");
  engine.run();
  ASSERT_TRUE(engine.sent(Side::server).ends_with("STARTTLS\r\n"));
  engine.sent(Side::client).clear();
  engine.feed(Side::server, "220 go\r\n250 smuggled\r\n");
  engine.run();
  ASSERT_TRUE(engine.ended());
  EXPECT_EQ(engine.ended()->outcome, Outcome::protocol_error);
  EXPECT_EQ(engine.sent(Side::client), "");
}

}  // namespace
}  // namespace p3scan::proto::smtp
