// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "support/imap_script.h"

namespace p3scan::imap {
namespace {

const Case kFetches[] = {
    {"listings_pass", R"(
      C: a FETCH 1:* (FLAGS UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])
      C: b UID FETCH 5 (ENVELOPE)
      S< a FETCH 1:* (FLAGS UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])
      S< b UID FETCH 5 (ENVELOPE)
      S: * 1 FETCH (FLAGS () UID 5 RFC822.SIZE 7 BODY[HEADER.FIELDS (SUBJECT)] {12}
      S: Subject: x
      S~ \x29\r\n
      S: a OK
      C< * 1 FETCH (FLAGS () UID 5 RFC822.SIZE 7 BODY[HEADER.FIELDS (SUBJECT)] {12}
      C< Subject: x
      C< )
      C< a OK
      S: * 1 FETCH (UID 5 ENVELOPE (NIL {3}
      S: x"y NIL NIL NIL NIL NIL NIL NIL NIL))
      S: b OK
      C< * 1 FETCH (UID 5 ENVELOPE (NIL {3}
      C< x"y NIL NIL NIL NIL NIL NIL NIL NIL))
      C< b OK)"},
    {"whole_message", R"(
      C: a FETCH 3 BODY.PEEK[]
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {21}
      S: Subject: hi
      S:
      S~ body\r\n
      quiet
      S: )
      quiet
      scan: deliver
      C< * 3 FETCH (BODY[] {21}
      C< Subject: hi
      C<
      C< body
      C< )
      S: a OK done
      C< a OK done
      kept: 0)"},
    {"part_that_cannot_be_decoded", R"(
      C: a FETCH 3:4 BINARY[1]
      S< a FETCH 3:4 (UID FLAGS BODY.PEEK[])
      S: * 3 FETCH (UID 7 FLAGS () BODY[] {61}
      S: MIME-Version: 1.0
      S: Content-Transfer-Encoding: x-odd
      S:
      S~ body\r\n
      S: )
      scan: deliver
      S: * 4 FETCH (UID 8 FLAGS () BODY[] {8}
      S: A: b
      S:
      S: )
      scan: deliver
      C< * 4 FETCH (BINARY[1] {0}
      C< )
      S: a OK done
      S< P3SCAN STORE 4 +FLAGS (\\Seen)
      S: P3SCAN OK
      C< a NO [UNKNOWN-CTE] A message has no such form of what was asked for)"},
    {"with_the_servers_words", R"(
      C: a UID FETCH 7 (RFC822.SIZE BODY.PEEK[] ENVELOPE FLAGS)
      S< a UID FETCH 7 (UID FLAGS RFC822.SIZE ENVELOPE BODY.PEEK[])
      S: * 3 FETCH (FLAGS (\\Draft) UID 7 RFC822.SIZE 4 ENVELOPE ("a" {1}
      S: b NIL NIL NIL NIL NIL NIL NIL NIL) BODY[] {4}
      S: body)
      scan: deliver
      C< * 3 FETCH (FLAGS (\\Draft) UID 7 RFC822.SIZE 4 ENVELOPE ("a" {1}
      C< b NIL NIL NIL NIL NIL NIL NIL NIL) BODY[] {4}
      C< body)
      S: a OK
      C< a OK)"},
    {"sets_seen", R"(
      C: a FETCH 3:4 (BODY[] UID)
      S< a FETCH 3:4 (UID FLAGS BODY.PEEK[])
      S: * 3 FETCH (UID 7 FLAGS () BODY[] {1}
      S: x)
      scan: deliver
      C< * 3 FETCH (UID 7 BODY[] {1}
      C< x)
      S: * 4 FETCH (UID 8 FLAGS (\\sEEN \\Draft) BODY[] {1}
      S: y)
      scan: deliver
      C< * 4 FETCH (UID 8 BODY[] {1}
      C< y)
      S: a OK done
      S< P3SCAN STORE 3 +FLAGS (\\Seen)
      quiet
      C: b NOOP
      S: * 3 FETCH (FLAGS (\\Seen))
      C< * 3 FETCH (FLAGS (\\Seen))
      S: P3SCAN OK
      C< a OK done
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"sets_seen_by_uid", R"(
      C: P3SCAN UID FETCH 7 BODY[]<0.99>
      S< P3SCAN UID FETCH 7 (UID FLAGS BODY.PEEK[])
      S: * 3 FETCH (UID 7 FLAGS (\\SeenNot) BODY[] {1}
      S: x)
      scan: deliver
      C< * 3 FETCH (UID 7 BODY[]<0> *
      C< x)
      S: P3SCAN OK done
      S< P3SCAN1 UID STORE 7 +FLAGS (\\Seen)
      S: P3SCAN1 NO
      C< P3SCAN OK done)"},
    {"infected", R"(
      C: a UID FETCH 7 (FLAGS RFC822.SIZE BODY.PEEK[])
      S< a UID FETCH 7 (UID FLAGS RFC822.SIZE BODY.PEEK[])
      S: * 3 FETCH (UID 7 FLAGS () RFC822.SIZE 5 BODY[] {5}
      S: EICAR)
      scan: replace
      C< * 3 FETCH (UID 7 FLAGS () RFC822.SIZE 37 BODY[] {37}
      C< Subject: [Virus] found
      C<
      C< Replaced.
      C< )
      S: a OK
      C< a OK
      kept: 1)"},
    {"infected_stays_so", R"(
      C: a UID FETCH 7 BODY.PEEK[]<0.99>
      S< a UID FETCH 7 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {5}
      S: EICAR)
      scan: replace
      C< * 3 FETCH (UID 7 BODY[]<0> {37}
      C< Subject: [Virus] found
      C<
      C< Replaced.
      C< )
      S: a OK
      C< a OK
      kept: 1
      C: b UID FETCH 6:8 (RFC822.SIZE)
      S< b UID FETCH 6:8 (UID RFC822.SIZE)
      S: * 2 FETCH (UID 6 RFC822.SIZE 9)
      C< * 2 FETCH (UID 6 RFC822.SIZE 9)
      S: * 3 FETCH (UID 7 RFC822.SIZE 5)
      C< * 3 FETCH (UID 7 RFC822.SIZE 37)
      S: * 3 FETCH (FLAGS (\\Deleted))
      C< * 3 FETCH (FLAGS (\\Deleted))
      S: b OK
      C< b OK)"},
    {"failed", R"(
      C: a FETCH 3:4 BODY.PEEK[]
      S< a FETCH 3:4 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] {5}
      S: EICAR)
      scan: fail scanner is down
      S: * 4 FETCH (UID 8 BODY[] {1}
      S: x)
      scan: deliver
      C< * 4 FETCH (BODY[] {1}
      C< x)
      S: a OK
      C< a NO [UNAVAILABLE] scanner is down)"},
    {"cannot_be_kept", R"(
      C: a FETCH 3 BODY[]
      S< a FETCH 3 (UID FLAGS BODY.PEEK[])
      S~ * 3 FETCH (UID 7 FLAGS () BODY[] {5}\r\nEIC
      error: no_space
      S: AR)
      S: a OK
      C< a NO [UNAVAILABLE] A message can't be checked now)"},
    {"keepalive", R"(
      C: a FETCH 3 BODY.PEEK[]
      S< a FETCH 3 (UID BODY.PEEK[])
      S~ * 3 FETCH (UID 7 BODY[] {5}\r\nab
      tick
      C< * OK Still checking a message
      S: cde)
      quiet
      tick
      C< * OK Still checking a message
      quiet
      scan: deliver
      C< * 3 FETCH (BODY[] {5}
      C< abcde)
      S: a OK
      C< a OK)"},
    {"changed_by_filters", R"(
      C: a UID FETCH 7 (RFC822.SIZE BODY.PEEK[])
      S< a UID FETCH 7 (UID RFC822.SIZE BODY.PEEK[])
      S: * 3 FETCH (UID 7 RFC822.SIZE 1 BODY[] {1}
      S: x)
      scan: edit
      C< * 3 FETCH (UID 7 RFC822.SIZE 16 BODY[] {16}
      C< X-Edited: yes
      C< x)
      S: a OK
      C< a OK
      kept: 1)"},
    {"parts_of_a_replaced_message", R"(
      C: a UID FETCH 7 (BODY.PEEK[1] BODYSTRUCTURE BODY.PEEK[2])
      S< a UID FETCH 7 (UID BODYSTRUCTURE BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODYSTRUCTURE ("EICAR") BODY[] {5}
      S: EICAR)
      scan: replace
      C< * 3 FETCH (UID 7 BODY[1] {11}
      C< Replaced.
      C<  BODYSTRUCTURE ("text" "plain" *
      C< )
      S: a OK
      C< a OK
      kept: 1)"},
    {"quoted_content", R"(
      C: a FETCH 3 RFC822
      S< a FETCH 3 (UID FLAGS BODY.PEEK[])
      S: * 3 FETCH (UID 7 FLAGS (\\Seen) BODY[] "a \\"EICAR\\"")
      scan: replace
      C< * 3 FETCH (RFC822 {37}
      C< Subject: [Virus] found
      C<
      C< Replaced.
      C< )
      S: a OK
      C< a OK)"},
    {"empty_message", R"(
      C: a FETCH 3:4 BODY.PEEK[]
      S< a FETCH 3:4 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] "")
      scan: deliver
      C< * 3 FETCH (BODY[] {0}
      C< )
      S: * 4 FETCH (UID 8 BODY[] {0}
      S: )
      scan: deliver
      C< * 4 FETCH (BODY[] {0}
      C< )
      S: a OK
      C< a OK)"},
    {"gone_message", R"(
      C: a FETCH 3 (UID BODY.PEEK[])
      S< a FETCH 3 (UID BODY.PEEK[])
      S: * 3 FETCH (UID 7 BODY[] NIL)
      C< * 3 FETCH (UID 7 BODY[] NIL)
      S: a NO gone
      C< a NO gone)"},
    {"refused_by_the_server", R"(
      C: a FETCH 30 BODY[]
      S< a FETCH 30 (UID FLAGS BODY.PEEK[])
      S: a BAD no such message
      C< a BAD no such message)"},
    {"other_responses_in_between", R"(
      C: a UID FETCH 7 BODY.PEEK[]
      S< a UID FETCH 7 (UID BODY.PEEK[])
      S: * 10 EXISTS
      S: * 4 FETCH (FLAGS (\\Seen) MODSEQ (5))
      C< * 10 EXISTS
      C< * 4 FETCH (FLAGS (\\Seen) MODSEQ (5))
      S: * 3 FETCH (UID 7 BODY[] {1}
      S: x)
      scan: deliver
      C< * 3 FETCH (UID 7 BODY[] {1}
      C< x)
      S: a OK
      C< a OK)"},
    {"with_modifiers", R"(
      C: a UID FETCH 1:* (FLAGS BODY.PEEK[]) (CHANGEDSINCE 12345 VANISHED)
      S< a UID FETCH 1:* (UID FLAGS BODY.PEEK[]) (CHANGEDSINCE 12345 VANISHED)
      S: * VANISHED (EARLIER) 1:3
      C< * VANISHED (EARLIER) 1:3
      S: a OK
      C< a OK)"},
    {"fetches_are_alone", R"(
      C: a NOOP
      C: b FETCH 3 BODY.PEEK[]
      C: c NOOP
      S< a NOOP
      quiet
      S: a OK
      C< a OK
      S< b FETCH 3 (UID BODY.PEEK[])
      quiet
      S: b OK
      C< b OK
      S< c NOOP
      S: c OK
      C< c OK)"},
};

class Fetches : public testing::TestWithParam<Case> {};
TEST_P(Fetches, ArePlayed) { play_inbox(GetParam().script); }
INSTANTIATE_TEST_SUITE_P(Table, Fetches, testing::ValuesIn(kFetches), kCaseName);

TEST(FetchOfAnExaminedMailbox, SetsNothing) {
  play_in(R"(
    C: s EXAMINE INBOX
    S< s EXAMINE INBOX
    S: s OK [READ-ONLY] done
    C< s OK [READ-ONLY] done
    C: a FETCH 3 BODY[]
    S< a FETCH 3 (UID BODY.PEEK[])
    S: a OK
    C< a OK)");
}

TEST(FetchOfAReadOnlyMailbox, SetsNothing) {
  play_in(R"(
    C: s SELECT INBOX
    S< s SELECT INBOX
    S: s OK [READ-ONLY] done
    C< s OK [READ-ONLY] done
    C: a FETCH 3 BODY[]
    S< a FETCH 3 (UID BODY.PEEK[])
    S: a OK
    C< a OK)");
}

}  // namespace
}  // namespace p3scan::imap
