// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "support/imap_script.h"

namespace p3scan::imap {
namespace {

const Case kPieces[] = {
    {"pieces_of_one_message", R"(
      C: a FETCH 3 BODY.PEEK[]<0.4>
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {10}
      S: 0123456789)
      scan: deliver
      C< * 3 FETCH (BODY[]<0> {4}
      C< 0123)
      S: a OK
      C< a OK
      C: b FETCH 3 BODY.PEEK[]<4.4>
      S< b FETCH 3 (UID)
      S: * 3 FETCH (UID 7)
      C< * 3 FETCH (BODY[]<4> {4}
      C< 4567)
      S: b OK
      C< b OK
      C: c UID FETCH 7 (BODY[]<8.4> INTERNALDATE)
      S< c UID FETCH 7 (UID FLAGS INTERNALDATE)
      S: * 3 FETCH (UID 7 FLAGS (\\Seen) INTERNALDATE "x")
      C< * 3 FETCH (UID 7 INTERNALDATE "x" BODY[]<8> {2}
      C< 89)
      S: c OK
      C< c OK)"},
    {"piece_after_expunge", R"(
      C: a FETCH 3 BODY.PEEK[]<0.4>
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {10}
      S: 0123456789)
      scan: deliver
      C< * 3 FETCH (BODY[]<0> {4}
      C< 0123)
      S: a OK
      C< a OK
      S: * 1 EXPUNGE
      C< * 1 EXPUNGE
      C: b FETCH 2 BODY.PEEK[]<4.4>
      S< b FETCH 2 (UID)
      S: * 2 FETCH (UID 7)
      C< * 2 FETCH (BODY[]<4> {4}
      C< 4567)
      S: b OK
      C< b OK)"},
    {"number_that_means_another_message", R"(
      C: a FETCH 3 BODY.PEEK[]<0.4>
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {10}
      S: 0123456789)
      scan: deliver
      C< * 3 FETCH (BODY[]<0> {4}
      C< 0123)
      S: a OK
      C< a OK
      C: b FETCH 3 BODY.PEEK[]<4.4>
      S< b FETCH 3 (UID)
      S: * 3 FETCH (UID 9)
      S: b OK done
      S< P3SCAN UID FETCH 9 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 9 BODY[] {5}
      S: EICAR)
      scan: replace
      C< * 3 FETCH (BODY[]<4> {4}
      C< ect:)
      S: P3SCAN OK
      C< b OK done)"},
    {"kept_message_that_does_not_answer", R"(
      C: a FETCH 3 BODY.PEEK[]<0.4>
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {10}
      S: 0123456789)
      scan: deliver
      C< * 3 FETCH (BODY[]<0> {4}
      C< 0123)
      S: a OK
      C< a OK
      C: b FETCH 3 (SAVEDATE BODY.PEEK[]<4.4>)
      S< b FETCH 3 (UID SAVEDATE)
      S: * 3 FETCH (UID 7)
      C< * 3 FETCH (UID 7)
      S: b OK done
      S< P3SCAN UID FETCH 7 (UID SAVEDATE BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {10}
      S: 0123456789)
      C< * 3 FETCH (BODY[]<4> {4}
      C< 4567)
      S: P3SCAN OK
      C< b OK done)"},
    {"kept_message_in_a_set", R"(
      C: a UID FETCH 7 BODY.PEEK[]
      S< a UID FETCH 7 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {5}
      S: EICAR)
      scan: replace
      C< * 3 FETCH (UID 7 BODY[] {37}
      C< Subject: [Virus] found
      C<
      C< Replaced.
      C< )
      S: a OK
      C< a OK
      C: b FETCH 3:4 BODY.PEEK[TEXT]
      S< b FETCH 3:4 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {5}
      S: EICAR)
      C< * 3 FETCH (BODY[TEXT] {11}
      C< Replaced.
      C< )
      S~ * 4 FETCH (UID 8 BODY[] {3}\r\n\r\nb)\r\n
      scan: deliver
      C< * 4 FETCH (BODY[TEXT] {1}
      C< b)
      S: b OK
      C< b OK)"},
};

class Pieces : public testing::TestWithParam<Case> {};
TEST_P(Pieces, AreCutFromKeptMessages) { play_inbox(GetParam().script); }
INSTANTIATE_TEST_SUITE_P(Table, Pieces, testing::ValuesIn(kPieces), kCaseName);

TEST(KeptMessage, GoesWithItsMailbox) {
  play_inbox(R"(
    C: a UID FETCH 7 BODY.PEEK[]<0.99>
    S< a UID FETCH 7 (UID BODY.PEEK[])
    S: * 3 FETCH (UID 7 BODY[] {1}
    S: x)
    scan: deliver
    C< * 3 FETCH (UID 7 BODY[]<0> {1}
    C< x)
    S: a OK
    C< a OK
    kept: 1
    C: b CLOSE
    S< b CLOSE
    S: b OK
    C< b OK
    kept: 0)");
}

}  // namespace
}  // namespace p3scan::imap
