// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "support/imap_script.h"

namespace p3scan::imap {
namespace {

const Case kListings[] = {
    {"held_back_and_fetched", R"(
      C: a UID FETCH 1:* (FLAGS RFC822.SIZE)
      S< a UID FETCH 1:* (UID FLAGS RFC822.SIZE)
      S: * 1 FETCH (UID 6 FLAGS () RFC822.SIZE 5)
      S: * 2 FETCH (UID 7 FLAGS () RFC822.SIZE 5)
      S: * 3 FETCH (UID 8 FLAGS () RFC822.SIZE 5)
      S: a OK done
      C< * 1 FETCH (UID 6 FLAGS () RFC822.SIZE 5)
      C< * 3 FETCH (UID 8 FLAGS () RFC822.SIZE 5)
      S< P3SCAN UID FETCH 7 (UID FLAGS RFC822.SIZE BODY.PEEK[])
      S: * 2 FETCH (UID 7 FLAGS () RFC822.SIZE 5 BODY[] {5}
      S: EICAR)
      quiet
      scan: replace
      C< * 2 FETCH (UID 7 FLAGS () RFC822.SIZE 37)
      S: P3SCAN OK
      C< a OK done
      kept: 1)"},
    {"without_uid", R"(
      C: a FETCH 1:2 FAST
      S< a FETCH 1:2 (UID FLAGS INTERNALDATE RFC822.SIZE)
      S: * 1 FETCH (UID 7 FLAGS () INTERNALDATE "d" RFC822.SIZE 5)
      S: a OK
      S< P3SCAN UID FETCH 7 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])
      S: * 1 FETCH (UID 7 FLAGS () INTERNALDATE "d" RFC822.SIZE 5 BODY[] {1}
      S: x)
      scan: deliver
      C< * 1 FETCH (FLAGS () INTERNALDATE "d" RFC822.SIZE 5)
      S: P3SCAN OK
      C< a OK
      C: b FETCH 1:2 RFC822.SIZE
      S< b FETCH 1:2 RFC822.SIZE
      S: b OK
      C< b OK)"},
    {"gone_meanwhile", R"(
      C: a FETCH 1:2 RFC822.SIZE
      S< a FETCH 1:2 (UID RFC822.SIZE)
      S: * 1 FETCH (UID 7 RFC822.SIZE 5)
      S: a OK
      S< P3SCAN UID FETCH 7 (UID RFC822.SIZE BODY.PEEK[])
      S: P3SCAN OK
      C< a OK)"},
    {"failed", R"(
      C: a FETCH 1:2 RFC822.SIZE
      S< a FETCH 1:2 (UID RFC822.SIZE)
      S: * 1 FETCH (UID 7 RFC822.SIZE 5)
      S: a OK
      S< P3SCAN UID FETCH 7 (UID RFC822.SIZE BODY.PEEK[])
      S: * 1 FETCH (UID 7 RFC822.SIZE 5 BODY[] {5}
      S: EICAR)
      scan: fail down
      S: P3SCAN OK
      C< a NO [UNAVAILABLE] down)"},
    {"repeated_by_the_server", R"(
      C: a FETCH 1:2 RFC822.SIZE
      S< a FETCH 1:2 (UID RFC822.SIZE)
      S: * 1 FETCH (UID 7 RFC822.SIZE 5)
      S: * 1 FETCH (UID 7 RFC822.SIZE 5)
      S: a OK
      S< P3SCAN UID FETCH 7 (UID RFC822.SIZE BODY.PEEK[])
      S: P3SCAN OK
      C< a OK)"},
    {"flags_pass", R"(
      C: a FETCH 1:* (FLAGS UID)
      S< a FETCH 1:* (FLAGS UID)
      S: * 1 FETCH (FLAGS () UID 7)
      S: a OK
      C< * 1 FETCH (FLAGS () UID 7)
      C< a OK)"},
    {"other_uids_pass", R"(
      C: a UID FETCH 8:10 ENVELOPE
      S< a UID FETCH 8:10 ENVELOPE
      S: a OK
      C< a OK)"},
    {"other_mailboxes_pass", R"(
      C: s SELECT Sent
      S< s SELECT Sent
      S: * OK [UIDVALIDITY 5] ok
      C< * OK [UIDVALIDITY 5] ok
      S: s OK
      C< s OK
      C: a FETCH 1:* ENVELOPE
      S< a FETCH 1:* ENVELOPE
      S: a OK
      C< a OK)"},
    {"with_headers", R"(
      C: a FETCH 1:2 (BODY.PEEK[HEADER])
      S< a FETCH 1:2 (UID BODY.PEEK[HEADER])
      S: * 1 FETCH (UID 7 BODY[HEADER] {8}
      S: a: b
      S:
      S: )
      S: a OK
      S< P3SCAN UID FETCH 7 (UID BODY.PEEK[])
      S: * 1 FETCH (UID 7 BODY[] {5}
      S: EICAR)
      scan: replace
      C< * 1 FETCH (BODY[HEADER] {26}
      C< Subject: [Virus] found
      C<
      C< )
      S: P3SCAN OK
      C< a OK)"},
};

class Listings : public testing::TestWithParam<Case> {};
TEST_P(Listings, OfChangedMessages) { play_inbox(GetParam().script, {}, {7}); }
INSTANTIATE_TEST_SUITE_P(Table, Listings, testing::ValuesIn(kListings), kCaseName);

/// Longer than what is collected, so that it is relayed, or swallowed, as it comes.
TEST(LongHeader, OfAChangedMessageIsNotShown) {
  const std::string header = "a: " + std::string(5000, 'x');
  const auto streamed = "BODY[HEADER] {" + std::to_string(header.size() + 4) + "}\nS: " + header + "\nS:\nS: )\n";
  play_inbox(
      "C: a FETCH 3:4 BODY.PEEK[HEADER]\nS< a FETCH 3:4 (UID BODY.PEEK[HEADER])\nS: * 3 FETCH (UID 7 " + streamed + R"(
    S: a OK
    S< P3SCAN UID FETCH 7 (UID BODY.PEEK[])
    S: P3SCAN OK
    C< a OK)",
      {.maxresponse = 8192}, {7});
  // Too late: it has been shown, and is whole.
  const auto passed = "BODY[HEADER] {" + std::to_string(header.size() + 4) + "}\nC< " + header + "\nC<\nC<  UID 7)\n";
  play_inbox("C: a FETCH 3:4 BODY.PEEK[HEADER]\nS< a FETCH 3:4 (UID BODY.PEEK[HEADER])\nS: * 3 FETCH (" +
                 streamed.substr(0, streamed.size() - 5) + "S:  UID 7)\nS: a OK\nC< * 3 FETCH (" + passed + "C< a OK",
             {.maxresponse = 8192}, {7});
}

TEST(LongHeader, IsRelayedAsItComesButNotMore) {
  const std::string field = "a: " + std::string(5000, 'x');
  const auto size = std::to_string(field.size() + 4);
  const std::string begin =
      "C: a FETCH 3:4 BODY.PEEK[HEADER]\nS< a FETCH 3:4 BODY.PEEK[HEADER]\nS: * 3 FETCH (BODY[HEADER] {" + size +
      "}\nS: " + field + "\nS:\nS: )\n";
  const std::string passed = "C< * 3 FETCH (BODY[HEADER] {" + size + "}\nC< " + field + "\nC<\nC< )\n";
  play_inbox(begin + passed + "S: a OK\nC< a OK", {.maxresponse = 8192});
}

}  // namespace
}  // namespace p3scan::imap
