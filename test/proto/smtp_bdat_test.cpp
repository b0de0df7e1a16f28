// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp_scripts.h"

namespace p3scan::proto::smtp {
namespace {

const Options kReject{.barelf = BareLf::reject};
const Script kScripts[] = {
    {"one_chunk",
     R"(
        C~ BDAT 10 LAST\r\na\r\n.\r\n.b\r\n
        quiet
        scan: deliver
        S< BDAT 10 LAST
        S< a
        S< .
        S< .b
        quiet
        S: 250 2.0.0 queued
        C< 250 2.0.0 queued)",
     {},
     kRecipient},
    {"chunks_become_one",
     R"(
        C~ BDAT 4\r\na\r\nb
        C~ BDAT 0\r\n
        C~ BDAT 1\r\n\r
        C~ BDAT 1\r\n\n
        C~ BDAT 0 LAST\r\n
        C< 250 2.0.0 4 octets received
        C< 250 2.0.0 0 octets received
        C< 250 2.0.0 1 octets received
        C< 250 2.0.0 1 octets received
        quiet
        scan: deliver
        S< BDAT 6 LAST
        S< a
        S< b
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"nothing_at_all",
     R"(
        C: BDAT 0 LAST
        scan: deliver
        S< BDAT 0 LAST
        S: 554 empty
        C< 554 empty)",
     {},
     kRecipient},
    {"waits_for_the_recipients",
     R"(
        C: MAIL FROM:<joe@here>
        C: RCPT TO:<a@b>
        C~ BDAT 3 LAST\r\nx\r\n
        C: QUIT
        S< MAIL FROM:<joe@here>
        S< RCPT TO:<a@b>
        quiet
        S: 250 ok
        S: 250 ok
        C< 250 ok
        C< 250 ok
        login: joe@here
        scan: deliver
        S< BDAT 3 LAST
        S< x
        S: 250 ok
        C< 250 ok
        S< QUIT
        S: 221 bye
        C< 221 bye
        end: finished)",
     {},
     kHello},
    {"infected_and_the_next_is_clean",
     R"(
        C~ BDAT 7 LAST\r\nEICAR\r\n
        C: MAIL FROM:<joe@here>
        C: RCPT TO:<a@b>
        C~ BDAT 3 LAST\r\nx\r\n
        scan: refuse no
        C< 554 no
        S< RSET
        S: 250 ok
        S< MAIL FROM:<joe@here>
        S< RCPT TO:<a@b>
        S: 250 ok
        S: 250 ok
        C< 250 ok
        C< 250 ok
        login: joe@here
        scan: deliver
        S< BDAT 3 LAST
        S< x
        S: 250 ok
        C< 250 ok
        C~ BDAT 3 LAST\r\nx\r\n
        C< 503 5.5.1*)",
     {},
     kRecipient},
    {"not_offered", R"(
        S: 220 mx
        C< 220 mx
        C: EHLO me
        S< EHLO me
        S: 250 mx
        C< 250 mx
        C: MAIL FROM:<a@b>
        C: RCPT TO:<a@b>
        S< MAIL FROM:<a@b>
        S< RCPT TO:<a@b>
        S: 250 ok
        S: 250 ok
        C< 250 ok
        C< 250 ok
        login: a@b
        C~ BDAT 6\r\nQUIT\r\n
        C< 502 5.5.1 BDAT not offered
        C~ BDAT 6 LAST\r\nQUIT\r\n
        C< 502 5.5.1 BDAT not offered
        C: DATA
        C< 354*
        C: .
        scan: deliver
        S< DATA
        S: 354 go
        S< .
        S: 250 ok
        C< 250 ok)"},
    {"no_longer_offered",
     R"(
        C: HELO me
        S< HELO me
        S: 250 ok
        C< 250 ok
        C~ BDAT 6\r\nQUIT\r\n
        C< 502 5.5.1*)",
     {},
     kHello},
    {"no_recipients",
     R"(
        C~ BDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\n
        C< 503 5.5.1*
        C< 503 5.5.1*
        quiet)",
     {},
     kHello},
    {"data_after_bdat",
     R"(
        C~ BDAT 3\r\nx\r\n
        C< 250*
        C: DATA
        C< 503 5.5.1*
        S< RSET
        S: 250 ok
        C~ BDAT 3 LAST\r\nx\r\n
        C< 503 5.5.1*
        C: MAIL FROM:<a@b>
        C: RCPT TO:<a@b>
        S< MAIL FROM:<a@b>
        S< RCPT TO:<a@b>
        S: 250 ok
        S: 250 ok
        C< 250 ok
        C< 250 ok
        login: a@b
        C~ BDAT 0 LAST\r\n
        scan: deliver
        S< BDAT 0 LAST
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"bdat_after_data",
     R"(
        C: DATA
        C< 354*
        C: .
        C~ BDAT 3 LAST\r\nx\r\n
        scan: deliver
        S< DATA
        S: 354 go
        S< .
        S: 250 ok
        C< 250 ok
        C< 503 5.5.1*)",
     {},
     kRecipient},
    {"envelope_in_the_middle",
     R"(
        C~ BDAT 3\r\nx\r\n
        C: RCPT TO:<late@there>
        C: MAIL FROM:<late@there>
        C: NOOP
        C: BDAT 0 LAST
        C< 250*
        C< 503 5.5.1*
        C< 503 5.5.1*
        S< NOOP
        S: 250 noop
        C< 250 noop
        scan: deliver
        S< BDAT 3 LAST
        S< x
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"reset_in_the_middle",
     R"(
        C~ BDAT 3\r\nx\r\n
        C: RSET
        C: BDAT 0 LAST
        C< 250*
        S< RSET
        quiet
        S: 250 ok
        C< 250 ok
        C< 503 5.5.1*)",
     {},
     kRecipient},
    {"hello_in_the_middle",
     R"(
        C~ BDAT 3\r\nx\r\n
        C: EHLO me
        C: BDAT 0 LAST
        C< 250*
        S< EHLO me
        S: 501 no
        C< 501 no
        C< 503 5.5.1*)",
     {},
     kRecipient},
    {"quit_in_the_middle",
     R"(
        C~ BDAT 3\r\nx\r\n
        C: QUIT
        C< 250*
        S< QUIT
        S: 221 bye
        C< 221 bye
        end: finished)",
     {},
     kRecipient},
    {"syntax",
     R"(
        C: BDAT
        C: BDAT LAST
        C: BDAT -1
        C: BDAT 1 FIRST
        C< 501 5.5.4*
        C< 501 5.5.4*
        C< 501 5.5.4*
        C< 501 5.5.4*
        C: BDAT 0 LAST
        scan: deliver
        S< BDAT 0 LAST
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"syntax_between_chunks",
     R"(
        C~ BDAT 3\r\nx\r\n
        C: BDAT x
        C: BDAT 0 LAST
        C< 250*
        C< 501 5.5.4*
        S< RSET
        S: 250 ok
        C< 503 5.5.1*)",
     {},
     kRecipient},
    {"size_that_nobody_can_count",
     R"(
        C: BDAT 99999999999999999999 LAST
        C< 552 5.3.4*
        end: protocol_error)",
     {},
     kRecipient},
    {"no_space",
     R"(
        C~ BDAT 6\r\nx
        error: no_space
        quiet
        C~ \r\nx\r\n
        C< 452 4.3.1*
        S< RSET
        S: 250 ok
        C~ BDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\n
        C< 503 5.5.1*
        C< 503 5.5.1*
        C: RSET
        S< RSET
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"no_space_between_chunks",
     R"(
        C~ BDAT 3\r\nx\r\n
        C< 250*
        error: too_large
        C~ BDAT 3 LAST\r\nx\r\n
        C< 552 5.3.4*
        S< RSET
        S: 250 ok)",
     {},
     kRecipient},
    {"server_goes_in_the_middle",
     R"(
        C~ BDAT 6\r\nx
        S!
        quiet
        C~ \r\nx\r\n
        C< 421 4.4.2*
        end: server_gone)",
     {},
     kRecipient},
    {"server_goes_between_chunks",
     R"(
        C~ BDAT 3\r\nx\r\n
        C< 250*
        S!
        C< 421 4.4.2*
        end: server_gone)",
     {},
     kRecipient},
    {"client_goes_in_the_middle",
     R"(
        C~ BDAT 6 LAST\r\nx
        C!
        quiet
        end: client_gone)",
     {},
     kRecipient},
    {"client_does_not_wait_for_its_reply",
     R"(
        C: MAIL FROM:<joe@here>
        C: RCPT TO:<a@b>
        C~ BDAT 3 LAST\r\nx\r\n
        C!
        S< MAIL FROM:<joe@here>
        S< RCPT TO:<a@b>
        S: 250 ok
        S: 250 ok
        C< 250 ok
        C< 250 ok
        login: joe@here
        end: client_gone)",
     {},
     kHello},
    {"bare_lf_is_normalized",
     R"(
        C~ BDAT 4\r\na\nb\r
        C~ BDAT 2 LAST\r\nc\n
        C< 250*
        scan: deliver
        S< BDAT 9 LAST
        S< a
        S< b
        S< c
        S: 250 ok
        C< 250 ok)",
     {},
     kRecipient},
    {"bare_lf_is_rejected", R"(
        C~ BDAT 4\r\na\nb\r
        C~ BDAT 2 LAST\r\nc\n
        C< 550 5.5.2*
        S< RSET
        quiet
        S: 250 ok
        C< 503 5.5.1*)",
     kReject, kRecipient},
    {"binary_stays", R"(
        C: MAIL FROM:<a@b> BODY=BINARYMIME
        C: RCPT TO:<a@b>
        S< MAIL FROM:<a@b> BODY=BINARYMIME
        S< RCPT TO:<a@b>
        S: 250 ok
        S: 250 ok
        C< 250 ok
        C< 250 ok
        login: a@b
        C~ BDAT 7 LAST\r\na\n\0.\n\r\n
        scan: deliver
        S< BDAT 7 LAST
        S< a\n\0.\n
        S: 250 ok
        C< 250 ok)",
     kReject, kHello},
};

INSTANTIATE_TEST_SUITE_P(Bdat, SmtpScriptTest, testing::ValuesIn(kScripts), script_name);

}  // namespace
}  // namespace p3scan::proto::smtp
