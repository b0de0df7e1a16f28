// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp_scripts.h"

namespace p3scan::proto::smtp {
namespace {

const Script kScripts[] = {
    {"clean",
     R"(
        C: DATA
        C< 354 End data*
        quiet
        C: Subject: hi
        C:
        C: ..dot
        C: .
        scan: deliver
        S< DATA
        quiet
        S: 354 go
        S< Subject: hi
        S<
        S< ..dot
        S< .
        quiet
        S: 250 2.0.0 queued
        C< 250 2.0.0 queued
        C: QUIT
        S< QUIT
        S: 221 bye
        C< 221 bye
        end: finished)",
     {},
     kRecipient},
    {"empty",
     R"(
        C: DATA
        C< 354 End data*
        C: .
        scan: deliver
        S< DATA
        S: 354 go
        S< .
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"infected_and_the_next_is_clean",
     R"(
        C: DATA
        C< 354*
        C: EICAR
        C: .
        scan: refuse Virus detected! Test-Name
        C< 554 Virus detected! Test-Name
        S< RSET
        C: MAIL FROM:<joe@here>
        C: RCPT TO:<bob@there>
        C: DATA
        S: 250 flushed
        S< MAIL FROM:<joe@here>
        S< RCPT TO:<bob@there>
        S: 250 ok
        S: 250 ok
        C< 250 ok
        C< 250 ok
        login: joe@here
        C< 354*
        C: fine
        C: .
        scan: deliver
        S< DATA
        S: 354 go
        S< fine
        S< .
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"infected_with_commands_behind_the_dot",
     R"(
        C: DATA
        C: EICAR
        C: .
        C: NOOP
        C: QUIT
        C< 354*
        quiet
        scan: refuse no
        C< 554 no
        S< RSET
        quiet
        S: 250 flushed
        S< NOOP
        S< QUIT
        S: 250 ok
        S: 221 bye
        C< 250 ok
        C< 221 bye
        end: finished)",
     {},
     kRecipient},
    {"scanner_failed",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        scan: fail Try again later
        C< 451 4.7.1 Try again later
        S< RSET
        S: 250 ok)",
     {},
     kRecipient},
    {"text_can_not_make_lines",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        scan: refuse a\r\n250 b\0c
        C< 554 a  250 b c
        S< RSET
        S: 250 ok)",
     {},
     kRecipient},
    {"there_is_nothing_to_replace",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        scan: replace
        C< 451 4.7.1 *
        S< RSET
        S: 250 ok)",
     {},
     kRecipient},
    {"server_refuses_data",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        scan: deliver
        S< DATA
        S: 452 4.3.1 full
        C< 452 4.3.1 full
        S< RSET
        S: 250 ok
        C: NOOP
        S< NOOP
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"server_refuses_the_message",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        C: NOOP
        scan: deliver
        S< DATA
        S: 354 go
        S< x
        S< .
        quiet
        S: 550-spam
        S: 550 really
        C< 550-spam
        C< 550 really
        S< NOOP
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"acceptance_of_data_alone_is_none_of_the_message",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        scan: deliver
        S< DATA
        S: 250 taken?
        C< 421 4.4.2*
        end: protocol_error)",
     {},
     kRecipient},
    {"per_recipient_replies_are_not_understood",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        scan: deliver
        S< DATA
        S: 354 go
        S< x
        S< .
        S: 353 replies follow
        C< 421 4.4.2*
        end: protocol_error)",
     {},
     kRecipient},
    {"no_recipient_so_the_server_is_asked",
     R"(
        C: MAIL FROM:<joe@here>
        C: RCPT TO:<a@b>
        C: DATA
        S< MAIL FROM:<joe@here>
        S< RCPT TO:<a@b>
        quiet
        S: 250 ok
        S: 550 unknown
        C< 250 ok
        C< 550 unknown
        login: joe@here
        S< DATA
        S: 554 no valid recipients
        C< 554 no valid recipients
        C: RSET
        S< RSET
        S: 250 ok
        C< 250 ok)",
     {},
     kHello},
    {"server_says_go_without_recipients",
     R"(
        C: DATA
        S< DATA
        S: 354 go on
        C< 354 go on
        C: .
        quiet
        scan: deliver
        S< .
        S: 554 no valid recipients
        C< 554 no valid recipients
        C: MAIL FROM:<a@b>
        C: RCPT TO:<a@b>
        C: DATA
        S< MAIL FROM:<a@b>
        S< RCPT TO:<a@b>
        S: 250 ok
        S: 250 ok
        C< 250 ok
        C< 250 ok
        login: a@b
        C< 354 End data*
        C: .
        scan: deliver
        S< DATA
        S: 354 go
        S< .
        S: 250 ok
        C< 250 ok)",
     {},
     kHello},
    {"server_waits_for_what_must_not_pass",
     R"(
        C: DATA
        S< DATA
        S: 354 go on
        C< 354 go on
        C: EICAR
        C: .
        tick
        quiet
        scan: refuse no
        C< 554 no
        end: aborted)",
     {},
     kHello},
    {"data_with_arguments",
     R"(
        C: DATA now
        C< 501 5.5.4*
        C: data
        C< 354*
        C: .
        scan: fail x
        C< 451*
        S< RSET
        S: 250 ok)",
     {},
     kRecipient},
    {"no_recipients_after_reset",
     R"(
        C: RSET
        C: DATA
        S< RSET
        S: 250 ok
        C< 250 ok
        S< DATA
        S: 503 no
        C< 503 no)",
     {},
     kRecipient},
    {"no_recipients_after_hello",
     R"(
        C: HELO me
        C: DATA
        S< HELO me
        S: 250 ok
        C< 250 ok
        S< DATA
        S: 503 no
        C< 503 no)",
     {},
     kRecipient},
    {"no_recipients_after_extended_hello",
     R"(
        C: EHLO me
        C: DATA
        S< EHLO me
        S: 250 ok
        C< 250 ok
        S< DATA
        S: 503 no
        C< 503 no)",
     {},
     kRecipient},
    {"refused_reset_changes_nothing",
     R"(
        C: RSET now
        C: DATA
        S< RSET now
        S: 501 no
        C< 501 no
        C< 354*
        C: .
        scan: fail x
        C< 451*
        S< RSET
        S: 250 ok)",
     {},
     kRecipient},
};

INSTANTIATE_TEST_SUITE_P(Data, SmtpScriptTest, testing::ValuesIn(kScripts), script_name);

}  // namespace
}  // namespace p3scan::proto::smtp
