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

}  // namespace
}  // namespace p3scan::imap
