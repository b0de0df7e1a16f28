// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "support/imap_script.h"

namespace p3scan::imap {
namespace {

const Case kHostile[] = {
    {"content_unasked", R"(
      S: * 3 FETCH (BODY[] {5}
      end: protocol_error)"},
    {"quoted_content_unasked", R"(
      S: * 3 FETCH (UID 5 BODY[TEXT] "EICAR")
      end: protocol_error)"},
    {"content_for_a_listing", R"(
      C: a FETCH 3:4 (UID BODY.PEEK[HEADER])
      S< a FETCH 3:4 (UID BODY.PEEK[HEADER])
      S: * 3 FETCH (UID 5 RFC822.TEXT {5}
      end: protocol_error)"},
    {"binary_for_a_listing", R"(
      C: a FETCH 3:4 (UID BODY.PEEK[HEADER])
      S< a FETCH 3:4 (UID BODY.PEEK[HEADER])
      S: * 3 FETCH (UID 5 BINARY[1] ~{5}
      end: protocol_error)"},
    {"header_unasked", R"(
      C: a FETCH 3 FLAGS
      S< a FETCH 3 FLAGS
      S: * 3 FETCH (BODY[HEADER] {5}
      S: EICAR)
      end: protocol_error)"},
    {"message_instead_of_a_header", R"(
      C: a FETCH 3:4 BODY.PEEK[HEADER]
      S< a FETCH 3:4 BODY.PEEK[HEADER]
      S: * 3 FETCH (BODY[HEADER] {13}
      S: a: b
      S:
      S: EICAR)
      end: protocol_error)"},
    {"quoted_header_unasked", R"(
      S: * 3 FETCH (RFC822.HEADER "EICAR")
      end: protocol_error)"},
    {"two_messages_in_one_response", R"(
      C: a FETCH 3 BODY.PEEK[]
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {1}
      S: x BODY[] {5}
      end: protocol_error)"},
    {"quoted_piece_besides_the_message", R"(
      C: a FETCH 3 BODY.PEEK[]
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {1}
      S: x BODY[1] "EICAR")
      end: protocol_error)"},
    {"quoted_piece_before_the_message", R"(
      C: a FETCH 3 BODY.PEEK[]
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (BODY[1] "EICAR" UID 7 BODY[] {1}
      S: x)
      end: protocol_error)"},
    {"quoted_piece_without_the_message", R"(
      C: a FETCH 3 BODY.PEEK[]
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (BODY[1] "EICAR" UID 7)
      end: protocol_error)"},
    {"quoted_piece_besides_a_quoted_message", R"(
      C: a FETCH 3 BODY.PEEK[]
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (BODY[1] "EICAR" UID 7 BODY[] "x")
      end: protocol_error)"},
    {"piece_for_the_message", R"(
      C: a FETCH 3 BODY.PEEK[]
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[]<0> {5}
      end: protocol_error)"},
    {"header_with_the_message", R"(
      C: a FETCH 3 (BODY.PEEK[] BODY.PEEK[HEADER])
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[HEADER] "EICAR" BODY[] {1}
      S: x)
      end: protocol_error)"},
    {"message_with_a_kept_one", R"(
      C: a UID FETCH 7 BODY.PEEK[]<0.99>
      S< a UID FETCH 7 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {1}
      S: x)
      scan: deliver
      C< * 3 FETCH (UID 7 BODY[]<0> {1}
      C< x)
      S: a OK
      C< a OK
      C: b UID FETCH 7 BODY.PEEK[]<0.99>
      S< b UID FETCH 7 (UID)
      S: * 3 FETCH (UID 7 BODY[] {5}
      end: protocol_error)"},
    {"ended_in_the_middle", R"(
      C: a FETCH 3 BODY.PEEK[]
      S< a FETCH 3 (UID BODY.PEEK[])
      S~ * 3 FETCH (UID 7 BODY[] {50}\r\nEICAR
      S!
      C< * BYE *
      end: server_gone)"},
    {"reply_in_the_middle", R"(
      C: a FETCH 3 BODY.PEEK[]
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {5}
      S: EICAR UID
      end: protocol_error)"},
};

class Hostile : public testing::TestWithParam<Case> {};
TEST_P(Hostile, ServersEndTheSession) { play_inbox(GetParam().script); }
INSTANTIATE_TEST_SUITE_P(Table, Hostile, testing::ValuesIn(kHostile), kCaseName);

}  // namespace
}  // namespace p3scan::imap
