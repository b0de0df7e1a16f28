// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp_scripts.h"

namespace p3scan::proto::smtp {
namespace {

const Options kShortLines{.maxline = 64};
const Options kTwoAtOnce{.maxpipeline = 2};

const Script kScripts[] = {
    {"greeting_and_quit", R"(
        quiet
        S: 220-mx
        S: 220 ready
        C< 220-mx
        C< 220 ready
        C: QUIT
        S< QUIT
        S: 221 bye
        C< 221 bye
        end: finished)"},
    {"early_talker_waits_for_the_greeting", R"(
        C: EHLO me
        quiet
        S: 220 mx
        C< 220 mx
        S< EHLO me
        S: 250 mx
        C< 250 mx)"},
    {"unwelcome", R"(
        S: 554 go away
        C< 554 go away
        C: MAIL FROM:<a@b>
        S< MAIL FROM:<a@b>
        S: 503 no
        C< 503 no
        C: QUIT
        S< QUIT
        S: 221 bye
        C< 221 bye
        end: finished)"},
    {"no_connection", R"(
        S!
        C< 421 4.4.2 p3scan Lost*
        end: server_gone)"},
    {"ehlo_is_rewritten",
     R"(
        C: EHLO me
        S< EHLO me
        S: 250-mx Hello
        S: 250-STARTTLS
        S: 250-SIZE 99
        S: 250-XCLIENT ADDR
        S: 250 8BITMIME
        C< 250-mx Hello
        C< 250-SIZE 99
        C< 250 8BITMIME)",
     {},
     kGreeted},
    {"ehlo_refused",
     R"(
        C: EHLO me
        C: HELO me
        S< EHLO me
        S< HELO me
        S: 500-never heard
        S: 500 of it
        S: 250 hello
        C< 500-never heard
        C< 500 of it
        C< 250 hello)",
     {},
     kGreeted},
    {"starttls_is_refused_in_its_place",
     R"(
        C: NOOP 1
        C: STARTTLS
        C: NOOP 2
        C: XCLIENT ADDR=1.2.3.4
        C: FOO
        C:
        S< NOOP 1
        S< NOOP 2
        quiet
        S: 250 one
        C< 250 one
        C< 502 5.5.1 STARTTLS not offered
        S: 250 two
        C< 250 two
        C< 502 5.5.1*
        C< 500 5.5.2*
        C< 500 5.5.2*
        C: starttls
        C< 502 5.5.1*)",
     {},
     kHello},
    {"commands_pass_as_they_are",
     R"(
        C: noop  \xc3\xa4\t
        C: VRFY <x@y>
        C: EXPN list
        C: HELP
        C: ETRN there
        S< noop  \xc3\xa4\t
        S< VRFY <x@y>
        S< EXPN list
        S< HELP
        S< ETRN there
        S: 250 a
        S: 252 b
        S: 550 c
        S: 214-d
        S: 214 e
        S: 251 f
        C< 250 a
        C< 252 b
        C< 550 c
        C< 214-d
        C< 214 e
        C< 251 f)",
     {},
     kHello},
    {"lf_ends_a_command_too",
     R"(
        C~ NOOP 1\nNOOP 2\r\n
        S< NOOP 1
        S< NOOP 2
        S~ 250 one\n250 two\r\n
        C< 250 one
        C< 250 two)",
     {},
     kHello},
    {"stray_octets_in_commands",
     R"(
        C~ NOOP\rDATA\r\n
        C~ NOOP \0\r\n
        C~ NOOP\r\r\n
        C< 500 5.5.2*
        C< 500 5.5.2*
        C< 500 5.5.2*
        quiet)",
     {},
     kHello},
    {"long_command", R"(
        C: NOOP 123456789012345678901234567890123456789012345678901234567
        S< NOOP 123456789012345678901234567890123456789012345678901234567
        S: 250 ok
        C< 250 ok
        C: NOOP 1234567890123456789012345678901234567890123456789012345678
        C< 500 5.5.2 Line too long
        C: NOOP
        S< NOOP
        S: 250 ok
        C< 250 ok)",
     kShortLines, kHello},
    {"pipelining_is_bounded", R"(
        C: NOOP 1
        C: NOOP 2
        C: STARTTLS
        C: NOOP 3
        S< NOOP 1
        S< NOOP 2
        quiet
        S: 250 1
        C< 250 1
        quiet
        S: 250 2
        C< 250 2
        C< 502*
        S< NOOP 3
        S: 250 3
        C< 250 3
        C: NOOP 4
        C: STARTTLS
        S< NOOP 4
        S: 250 4
        C< 250 4
        C< 502*
        C: NOOP 5
        C: NOOP 6
        S< NOOP 5
        S< NOOP 6
        S: 250 5
        S: 250 6
        C< 250 5
        C< 250 6)",
     kTwoAtOnce, kHello},
    {"auth_plain",
     R"(
        C: AUTH PLAIN AGpvZQBzZWNyZXQ=
        C: NOOP
        S< AUTH PLAIN AGpvZQBzZWNyZXQ=
        quiet
        S: 235 welcome
        login: joe
        C< 235 welcome
        S< NOOP
        S: 250 ok
        C< 250 ok
        C: MAIL FROM:<other@here>
        S< MAIL FROM:<other@here>
        S: 250 ok
        C< 250 ok)",
     {},
     kHello},
    {"auth_login_whose_lines_look_like_commands",
     R"(
        C: AUTH LOGIN
        S< AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C< 334 VXNlcm5hbWU6
        C: QUIT
        S< QUIT
        S: 334 UGFzc3dvcmQ6
        C< 334 UGFzc3dvcmQ6
        C: DATA
        S< DATA
        S: 535 no
        C< 535 no
        C: NOOP
        S< NOOP
        S: 250 ok
        C< 250 ok)",
     {},
     kHello},
    {"auth_is_cancelled",
     R"(
        C: AUTH LOGIN
        S< AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C< 334 VXNlcm5hbWU6
        C: *
        S< *
        S: 501 cancelled
        C< 501 cancelled)",
     {},
     kHello},
    {"auth_answer_that_can_not_pass",
     R"(
        C: AUTH LOGIN
        S< AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C< 334 VXNlcm5hbWU6
        C~ am9l\0\r\n
        S< *
        S: 501 cancelled
        C< 501 cancelled)",
     {},
     kHello},
    {"failed_auth_is_no_login",
     R"(
        C: AUTH PLAIN AGpvZQBzZWNyZXQ=
        S< AUTH PLAIN AGpvZQBzZWNyZXQ=
        S: 535 no
        C< 535 no)",
     {},
     kHello},
    {"sender_is_the_user",
     R"(
        C: MAIL FROM:<joe@here> SIZE=5 RET=HDRS
        S< MAIL FROM:<joe@here> SIZE=5 RET=HDRS
        S: 250 ok
        login: joe@here
        C< 250 ok)",
     {},
     kHello},
    {"prdr_is_refused",
     R"(
        C: MAIL FROM:<joe@here> PRDR
        C< 555 5.5.4*
        quiet)",
     {},
     kHello},
    {"closing_unasked",
     R"(
        S: 421 4.4.2 timeout
        C< 421 4.4.2 timeout
        S!
        end: server_gone)",
     {},
     kHello},
    {"closing_as_a_reply",
     R"(
        C: RCPT TO:<a@b>
        C: RCPT TO:<c@d>
        S< RCPT TO:<a@b>
        S< RCPT TO:<c@d>
        S: 421 too many
        C< 421 too many
        S!
        end: server_gone)",
     {},
     kHello},
    {"server_goes_silently",
     R"(
        S!
        C< 421 4.4.2*
        end: server_gone)",
     {},
     kHello},
    {"server_goes_before_its_reply",
     R"(
        C: NOOP
        S< NOOP
        S~ 250 o
        S!
        C< 421 4.4.2*
        end: server_gone)",
     {},
     kHello},
    {"quit_needs_no_reply",
     R"(
        C: QUIT
        C: NOOP
        S< QUIT
        S!
        end: finished)",
     {},
     kHello},
    {"server_speaks_unasked",
     R"(
        S: 250 surprise
        C< 421 4.4.2*
        end: protocol_error)",
     {},
     kHello},
    {"mixed_codes",
     R"(
        C: NOOP
        S< NOOP
        S: 250-yes
        S: 550 no
        C< 421 4.4.2*
        end: protocol_error)",
     {},
     kHello},
    {"no_smtp", R"(
        S: * OK IMAP ready
        C< 421 4.4.2*
        end: protocol_error)"},
    {"go_ahead_that_nobody_asked_for",
     R"(
        C: NOOP
        S< NOOP
        S: 354 go ahead
        C< 421 4.4.2*
        end: protocol_error)",
     {},
     kHello},
    {"challenge_that_nobody_asked_for",
     R"(
        C: RCPT TO:<a@b>
        S< RCPT TO:<a@b>
        S: 334 password?
        C< 421 4.4.2*
        end: protocol_error)",
     {},
     kHello},
    {"client_half_closes",
     R"(
        C: NOOP
        C~ QU
        C!
        S< NOOP
        quiet
        S: 250 ok
        C< 250 ok
        end: client_gone)",
     {},
     kHello},
};

TEST_P(SmtpScriptTest, Plays) { play(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Session, SmtpScriptTest, testing::ValuesIn(kScripts), script_name);

}  // namespace
}  // namespace p3scan::proto::smtp
