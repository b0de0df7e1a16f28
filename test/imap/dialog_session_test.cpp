// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "support/imap_script.h"

namespace p3scan::imap {
namespace {

const Case kSessions[] = {
    {"pipelined", R"(
      C: a NOOP
      C: b CAPABILITY
      C: c ID ("name" "x")
      S< a NOOP
      S< b CAPABILITY
      S< c ID ("name" "x")
      S: a OK
      S: * CAPABILITY IMAP4rev1 IDLE
      S: b OK
      S: * ID NIL
      S: c OK
      C< a OK
      C< * CAPABILITY IMAP4rev1 IDLE
      C< b OK
      C< * ID NIL
      C< c OK
      C: d LOGOUT
      S< d LOGOUT
      S: * BYE
      S: d OK
      C< * BYE
      C< d OK
      end: finished)"},
    {"replies_in_any_order", R"(
      C: a NOOP
      C: b NOOP
      S< a NOOP
      S< b NOOP
      S: b OK
      S: a OK
      C< b OK
      C< a OK)"},
    {"login_is_alone", R"(
      C: a NOOP
      C: b LOGIN eve "a b"
      C: c NOOP
      S< a NOOP
      quiet
      S: a OK
      C< a OK
      S< b LOGIN eve "a b"
      login: eve
      quiet
      S: b OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE IDLE] in
      C< b OK [CAPABILITY IMAP4rev1 IDLE] in
      S< c NOOP
      S: c OK
      C< c OK)"},
    {"login_with_literals", R"(
      C: b LOGIN {3}
      C< + Go on
      C: eve {6+}
      C: secret
      S< b LOGIN {3}
      login: eve
      quiet
      S: + go
      S< eve {6}
      S: + go
      S< secret
      S: b OK
      C< b OK)"},
    {"login_refused_before_its_literal", R"(
      C: b LOGIN {3}
      C< + Go on
      C: eve x
      S< b LOGIN {3}
      login: eve
      S: b NO not here
      C< b NO not here
      C: c NOOP
      S< c NOOP
      S: c OK
      C< c OK)"},
    {"authenticate", R"(
      C: a AUTHENTICATE PLAIN
      S< a AUTHENTICATE PLAIN
      S: +
      C< +
      C: AGV2ZQBzZWNyZXQ=
      S< AGV2ZQBzZWNyZXQ=
      login: eve
      S: a OK [CAPABILITY IMAP4rev1 NOTIFY] in
      C< a OK [CAPABILITY IMAP4rev1] in)"},
    {"authenticate_with_initial_response", R"(
      C: a authenticate plain AGV2ZQBzZWNyZXQ=
      S< a authenticate plain AGV2ZQBzZWNyZXQ=
      login: eve
      S: a NO
      C< a NO)"},
    {"authenticate_cancelled", R"(
      C: a AUTHENTICATE XOAUTH2
      S< a AUTHENTICATE XOAUTH2
      S: + eyJ9
      C< + eyJ9
      C: *
      S< *
      S: a BAD
      C< a BAD)"},
    {"greeting_told_apart", R"(
      C: a CAPABILITY
      S< a CAPABILITY
      S: * CAPABILITY IMAP4rev1 STARTTLS LOGIN-REFERRALS CATENATE URLAUTH URLAUTH=BINARY PREVIEW AUTH=PLAIN
      C< * CAPABILITY IMAP4rev1 AUTH=PLAIN
      S: a OK
      C< a OK)"},
    {"referral_before_tls", R"(
      C: a LOGIN eve x
      S< a LOGIN eve x
      login: eve
      S: a NO [REFERRAL IMAP://eve@evil.example/] elsewhere
      C< a NO elsewhere)"},
    {"mail_before_login", R"(
      S: * 5 EXISTS
      end: protocol_error)"},
    {"list_before_login", R"(
      C: a CAPABILITY
      S< a CAPABILITY
      S: * LIST () "/" Trap
      end: protocol_error)"},
    {"second_greeting", R"(
      C: a LOGIN eve x
      S< a LOGIN eve x
      login: eve
      S: * PREAUTH you are in
      end: protocol_error)"},
    {"tag_of_nobody", R"(
      S: x OK
      end: protocol_error)"},
    {"tag_used_twice_by_the_server", R"(
      C: a NOOP
      S< a NOOP
      S: a OK
      C< a OK
      S: a OK
      end: protocol_error)"},
    {"tag_used_twice_by_the_client", R"(
      C: a NOOP
      C: a CAPABILITY
      S< a NOOP
      quiet
      S: a OK
      C< a OK
      S< a CAPABILITY
      S: a OK
      C< a OK)"},
    {"continuation_of_nothing", R"(
      C: a NOOP
      S< a NOOP
      S: + tell me
      end: protocol_error)"},
    {"bye", R"(
      S: * BYE shutting down
      C< * BYE shutting down
      S!
      end: server_gone)"},
    {"server_gone", R"(
      S!
      C< * BYE The mail server is gone
      end: server_gone)"},
    {"client_gone", R"(
      C: a NOOP
      S< a NOOP
      C!
      quiet
      S: a OK
      C< a OK
      end: client_gone)"},
    {"http", R"(
      C: GET / HTTP/1.1
      C< GET BAD *
      C< * BYE This is IMAP
      end: protocol_error)"},
    {"no_tag", R"(
      C: NOOP
      C< NOOP BAD *
      C< * BYE *
      end: protocol_error)"},
    {"append_before_login", R"(
      C: a APPEND INBOX {10}
      C< a BAD Log in first
      C: b NOOP
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"append_before_login_without_waiting", R"(
      C: a APPEND INBOX {10+}
      C: 0123456789
      C: b NOOP
      C< a BAD Log in first
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"unknown_before_login", R"(
      C: a XYZZY
      C< a BAD Unknown command)"},
    {"fetch_before_login", R"(
      C: a FETCH 1 FLAGS
      S< a FETCH 1 FLAGS
      S: a BAD not now
      C< a BAD not now)"},
};

class Sessions : public testing::TestWithParam<Case> {};
TEST_P(Sessions, ArePlayed) { play(GetParam().script); }
INSTANTIATE_TEST_SUITE_P(Table, Sessions, testing::ValuesIn(kSessions), kCaseName);

const Case kGreetings[] = {
    {"capabilities", R"(
      S: * OK [CAPABILITY IMAP4rev1 LITERAL+ COMPRESS=DEFLATE STARTTLS] ready
      C< * OK [CAPABILITY IMAP4rev1 LITERAL+] ready)"},
    {"preauth", R"(
      S: * PREAUTH [CAPABILITY IMAP4rev1 REPLACE] welcome
      C< * PREAUTH [CAPABILITY IMAP4rev1] welcome
      C: a XYZZY
      S< a XYZZY
      S: a BAD
      C< a BAD)"},
    {"bye", R"(
      S: * BYE busy
      C< * BYE busy
      S!
      end: server_gone)"},
    {"client_waits_for_it", R"(
      C: a NOOP
      quiet
      S: * OK
      C< * OK
      S< a NOOP
      S: a OK
      C< a OK)"},
    {"pop3", R"(
      S: +OK ready
      end: protocol_error)"},
    {"mail_first", R"(
      S: * 1 FETCH (BODY[] "EICAR")
      end: protocol_error)"},
    {"capability_first", R"(
      S: * CAPABILITY IMAP4rev1
      end: protocol_error)"},
    {"half_a_line", R"(
      S~ * OK
      S!
      C< * BYE *
      end: server_gone)"},
};

class Greetings : public testing::TestWithParam<Case> {};
TEST_P(Greetings, ArePlayed) { play_raw(GetParam().script); }
INSTANTIATE_TEST_SUITE_P(Table, Greetings, testing::ValuesIn(kGreetings), kCaseName);

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

TEST(Session, SpeaksOfReferralsInsideOfTls) {
  play("C: a CAPABILITY\nS< a CAPABILITY\nS: * CAPABILITY X LOGIN-REFERRALS\nC< * CAPABILITY X LOGIN-REFERRALS",
       {.tls = true});
}

TEST(Session, TakesSoManyCommandsAndNoMore) {
  play(R"(
    C: a NOOP
    C: b NOOP
    C: c NOOP
    S< a NOOP
    S< b NOOP
    quiet
    S: b OK
    C< b OK
    S< c NOOP)",
       {.maxpipeline = 2});
}

TEST(Session, LongCommandsEndIt) {
  play("C: a NOOP " + std::string(100, 'x') + "\nC< * BYE *\nend: protocol_error", {.maxline = 64});
}

TEST(Session, ManyUnknownCommandsBeforeLoginEndIt) {
  std::string script;
  for (int i = 0; i < 11; ++i) script += "C: a XYZZY\n";
  for (int i = 0; i < 11; ++i) script += "C< a BAD Unknown command\n";
  play(script + "C< * BYE This is IMAP\nend: protocol_error");
}

const Case kInside[] = {
    {"idle", R"(
      C: a IDLE
      S< a IDLE
      S: + idling
      C< + idling
      S: * 3 EXISTS
      C< * 3 EXISTS
      S: * 2 EXPUNGE
      C< * 2 EXPUNGE
      C: done
      S< DONE
      S: a OK
      C< a OK
      C: b NOOP
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"idle_refused", R"(
      C: a IDLE
      S< a IDLE
      S: a BAD no
      C< a BAD no
      C: b NOOP
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"idle_ended_before_it_began", R"(
      C: a IDLE
      C: DONE
      S< a IDLE
      quiet
      S: + idling
      C< + idling
      S< DONE
      S: a OK
      C< a OK)"},
    {"idle_ended_by_something_else", R"(
      C: a IDLE
      S< a IDLE
      S: + idling
      C< + idling
      C: b FETCH 1 BODY[]
      end: protocol_error)"},
    {"refused", R"(
      C: a COMPRESS DEFLATE
      C: b URLFETCH "imap://x"
      C: c NOTIFY SET STATUS
      C: d UID REPLACE 1 INBOX {5+}
      C: EICAR
      C: e CONVERT 1 ("text/plain")
      C: f GENURLAUTH x INTERNAL
      C: g UID XYZZY 5
      C: h ENABLE UIDONLY
      C: i APPEND INBOX CATENATE (URL "/x")
      C: j FETCH 1 PREVIEW
      C< a BAD *
      C< b BAD *
      C< c BAD *
      C< d BAD *
      C< e BAD *
      C< f BAD *
      C< g BAD *
      C< h BAD *
      C< i BAD *
      C< j BAD *
      quiet)"},
    {"others_pass", R"(
      C: a ENABLE CONDSTORE UTF8=ACCEPT
      S< a ENABLE CONDSTORE UTF8=ACCEPT
      S: * ENABLED CONDSTORE
      C< * ENABLED CONDSTORE
      S: a OK
      C< a OK
      C: b LIST "" "*" RETURN (STATUS (MESSAGES))
      C: c STATUS x (MESSAGES)
      C: d XAOL stuff
      S< b LIST "" "*" RETURN (STATUS (MESSAGES))
      S< c STATUS x (MESSAGES)
      S< d XAOL stuff
      S: * LIST () "/" {3}
      S: a"b
      C< * LIST () "/" {3}
      C< a"b
      S: * SEARCH 1 2 3
      S: b OK
      S: c OK
      S: * XAOL 5
      S: d OK
      C< * SEARCH 1 2 3
      C< b OK
      C< c OK
      C< * XAOL 5
      C< d OK)"},
    {"unknown_response_with_a_literal", R"(
      C: a XAOL
      S< a XAOL
      S: * XAOL {5}
      S: EICAR
      end: protocol_error)"},
    {"literal_that_is_too_short", R"(
      S: * LIST () "/" {5}
      S~ 1234
      S!
      C< * BYE *
      end: server_gone)"},
    {"literal_without_end", R"(
      S: * LIST () "/" {4294967295}
      end: protocol_error)"},
    {"logout_while_others_are_out", R"(
      C: a NOOP
      C: b LOGOUT
      S< a NOOP
      quiet
      S: a OK
      C< a OK
      S< b LOGOUT
      S: * BYE
      C< * BYE
      S: b OK
      C< b OK
      end: finished)"},
    {"unknown_with_a_literal", R"(
      C: a XAPPEND Sent {5+}
      C: EICAR
      C< a BAD Unknown command)"},
    {"unauthenticate", R"(
      C: a UNAUTHENTICATE
      S< a UNAUTHENTICATE
      S: a OK
      C< a OK
      C: b XYZZY
      C< b BAD *)"},
};

class Inside : public testing::TestWithParam<Case> {};
TEST_P(Inside, IsPlayed) { play_in(GetParam().script); }
INSTANTIATE_TEST_SUITE_P(Table, Inside, testing::ValuesIn(kInside), kCaseName);

}  // namespace
}  // namespace p3scan::imap
