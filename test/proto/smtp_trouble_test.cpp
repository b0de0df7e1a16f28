// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp_scripts.h"

namespace p3scan::proto::smtp {
namespace {

const Options kReject{.barelf = BareLf::reject};
const Options kPass{.barelf = BareLf::pass};

// DATA when something goes wrong or takes long, and text that is no plain text.
const Script kScripts[] = {
    {"server_is_kept_awake",
     R"(
        C: DATA
        C< 354*
        tick
        S< NOOP
        C: x
        tick
        quiet
        S: 250 awake
        C: .
        tick
        S< NOOP
        quiet
        scan: deliver
        quiet
        S: 500 what?
        S< DATA
        S: 354 go
        S< x
        S< .
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"no_space",
     R"(
        C: DATA
        C< 354*
        C: x
        error: no_space
        C: y
        quiet
        C: .
        C< 452 4.3.1*
        S< RSET
        S: 250 ok)",
     {},
     kRecipient},
    {"too_large",
     R"(
        C: DATA
        C< 354*
        C: x
        error: too_large
        C: .
        C< 552 5.3.4*
        S< RSET
        S: 250 ok)",
     {},
     kRecipient},
    {"disk_breaks_while_scanning",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        error: io
        C< 451 4.3.0*
        S< RSET
        S: 250 ok)",
     {},
     kRecipient},
    {"server_goes_in_the_middle",
     R"(
        C: DATA
        C< 354*
        C: x
        S!
        C: y
        quiet
        C: .
        C< 421 4.4.2*
        end: server_gone)",
     {},
     kRecipient},
    {"server_says_goodbye_in_the_middle",
     R"(
        C: DATA
        C< 354*
        C: x
        S: 421 shutting down
        quiet
        C: .
        C< 421 shutting down
        end: server_gone)",
     {},
     kRecipient},
    {"server_babbles_in_the_middle",
     R"(
        C: DATA
        C< 354*
        C: x
        S: 250 queued
        quiet
        C: .
        C< 421 4.4.2*
        end: protocol_error)",
     {},
     kRecipient},
    {"server_says_goodbye_while_scanning",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        tick
        S< NOOP
        S: 421 shutting down
        C< 421 shutting down
        end: server_gone)",
     {},
     kRecipient},
    {"server_goes_while_scanning",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        S!
        C< 421 4.4.2*
        end: server_gone)",
     {},
     kRecipient},
    {"server_goes_before_its_last_word",
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
        S!
        C< 421 4.4.2*
        end: server_gone)",
     {},
     kRecipient},
    {"goodbye_is_the_last_word",
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
        S: 421 shutting down
        C< 421 shutting down
        C: NOOP
        S< NOOP
        S!
        end: server_gone)",
     {},
     kRecipient},
    {"server_goes_instead_of_354",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        scan: deliver
        S< DATA
        S: 421 no
        C< 421 no
        S!
        end: server_gone)",
     {},
     kRecipient},
    {"client_goes_before_the_dot",
     R"(
        C: DATA
        C< 354*
        C: x
        C!
        quiet
        end: client_gone)",
     {},
     kRecipient},
    {"client_closes_its_side_behind_the_dot",
     R"(
        C: DATA
        C< 354*
        C: x
        C: .
        C: QUIT
        C!
        scan: refuse no
        C< 554 no
        S< RSET
        S: 250 ok
        S< QUIT
        S: 221 bye
        C< 221 bye
        end: finished)",
     {},
     kRecipient},
    {"bare_lf_is_normalized",
     R"(
        C: DATA
        C< 354*
        C~ a\nb\rc\r\n.\n.\n.x\r\n.\r\n
        scan: deliver
        S< DATA
        S: 354 go
        S< a
        S< b
        S< c
        S<
        S< ..
        S< ..x
        S< .
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"bare_lf_is_rejected", R"(
        C: DATA
        C< 354*
        C~ a\nb\r\n
        C: RSET
        C: .
        C: NOOP
        C< 550 5.5.2*
        S< RSET
        quiet
        S: 250 ok
        S< NOOP
        S: 250 ok
        C< 250 ok)",
     kReject, kRecipient},
    {"bare_lf_passes", R"(
        C: DATA
        C< 354*
        C~ a\nb\n.c\r\n.\r\n
        scan: deliver
        S< DATA
        S: 354 go
        S< a\nb\n.c
        S< .
        S: 250 ok
        C< 250 ok)",
     kPass, kRecipient},
    {"hidden_dot_does_not_pass", R"(
        C: DATA
        C< 354*
        C~ a\n.\nb\r\n.\r\n
        C< 550 5.5.2*
        S< RSET
        S: 250 ok)",
     kPass, kRecipient},
};

INSTANTIATE_TEST_SUITE_P(Trouble, SmtpScriptTest, testing::ValuesIn(kScripts), script_name);

}  // namespace
}  // namespace p3scan::proto::smtp
