// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "support/imap_script.h"

namespace p3scan::imap {
namespace {

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
