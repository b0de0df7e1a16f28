// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "support/imap_script.h"

namespace p3scan::imap {
namespace {

const Case kAppends[] = {
    {"clean", R"(
      C: a APPEND Sent (\\Seen) "date" {6}
      C< + Go on
      C: body
      quiet
      C:
      quiet
      scan: deliver
      S< a APPEND Sent (\\Seen) "date" {6}
      quiet
      S: + OK
      S< body
      S<
      quiet
      S: a OK [APPENDUID 1 2] done
      C< a OK [APPENDUID 1 2] done
      kept: 0
      C: b NOOP
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"without_waiting", R"(
      C: a APPEND Sent {6+}
      C: body
      C:
      C: b NOOP
      quiet
      scan: deliver
      S< a APPEND Sent {6}
      S: + OK
      S< body
      S<
      quiet
      S: a OK
      C< a OK
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"infected", R"(
      C: a APPEND Sent {5}
      C< + Go on
      C: EICAR
      scan: refuse It has a virus.
      C< a NO [CANNOT] It has a virus.
      kept: 0
      C: b NOOP
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"infected_without_waiting", R"(
      C: a APPEND Sent {5+}
      C: EICAR
      C: b NOOP
      scan: refuse It has a virus.
      C< a NO [CANNOT] It has a virus.
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"failed", R"(
      C: a APPEND Sent {5}
      C< + Go on
      C: EICAR
      scan: fail Not now.
      C< a NO [UNAVAILABLE] Not now.)"},
    {"changed", R"(
      C: a APPEND Sent {5}
      C< + Go on
      C: EICAR
      scan: edit
      C< a NO [UNAVAILABLE] *)"},
    {"cannot_be_kept", R"(
      C: a APPEND Sent {5+}
      C~ EI
      error: no_space
      C< a NO [UNAVAILABLE] No space left to check this message
      C: CAR
      C: b NOOP
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"too_large", R"(
      C: a APPEND Sent {101}
      C< a NO [LIMIT] This message is too large to be checked
      C: b NOOP
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"too_large_without_waiting", R"(
      C: a APPEND Sent {101+}
      C< a NO [LIMIT] This message is too large to be checked
      C~ 01234567890123456789012345678901234567890123456789
      C: 012345678901234567890123456789012345678901234567890
      C: b NOOP
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"refused_by_the_server", R"(
      C: a APPEND Nowhere {4}
      C< + Go on
      C: body
      scan: deliver
      S< a APPEND Nowhere {4}
      S: a NO [TRYCREATE] no such mailbox
      C< a NO [TRYCREATE] no such mailbox
      kept: 0
      C: b NOOP
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"believed_too_early", R"(
      C: a APPEND Sent {4}
      C< + Go on
      C: body
      scan: deliver
      S< a APPEND Sent {4}
      S: a OK
      end: protocol_error)"},
    {"mailbox_as_literal", R"(
      C: a APPEND {4}
      C< + Go on
      C: Sent {4}
      C< + Go on
      C: body
      scan: deliver
      S< a APPEND {4}
      quiet
      S: +
      S< Sent {4}
      S: +
      S< body
      S: a OK
      C< a OK)"},
    {"several", R"(
      C: a APPEND Sent {3}
      C< + Go on
      C: one (\\Seen) ~{3}
      scan: deliver
      C< + Go on
      quiet
      C: two
      scan: deliver
      kept: 2
      S< a APPEND Sent {3}
      S: +
      S< one (\\Seen) ~{3}
      S: * 5 EXISTS
      C< * 5 EXISTS
      S: +
      S< two
      quiet
      S: a OK
      C< a OK
      kept: 0)"},
    {"several_with_a_bad_one", R"(
      C: a APPEND Sent {3}
      C< + Go on
      C: one {9}
      scan: deliver
      C< + Go on
      C: (x EICAR) {5}
      scan: refuse Virus.
      C< a NO [CANNOT] Virus.
      kept: 0
      C: b NOOP
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"several_with_a_bad_one_without_waiting", R"(
      C: a APPEND Sent {5+}
      C: EICAR {3+}
      C: two
      C: b NOOP
      scan: refuse Virus.
      C< a NO [CANNOT] Virus.
      S< b NOOP
      S: b OK
      C< b OK)"},
    {"too_many", R"(
      C: a APPEND Sent {1}
      C< + Go on
      C: 1 {1}
      scan: deliver
      C< + Go on
      C: 2 {1}
      scan: deliver
      C< + Go on
      C: 3 {1}
      scan: deliver
      C< a NO [LIMIT] *
      kept: 0)"},
    {"utf8", R"(
      C: a APPEND Sent UTF8 (~{4}
      C< + Go on
      C: body)
      scan: deliver
      S< a APPEND Sent UTF8 (~{4}
      S: +
      S< body)
      S: a OK
      C< a OK)"},
    {"empty", R"(
      C: a APPEND Sent {0}
      C< + Go on
      C:
      scan: deliver
      S< a APPEND Sent {0}
      S: +
      S<
      S: a NO
      C< a NO)"},
    {"alone", R"(
      C: a NOOP
      C: b APPEND Sent {4}
      S< a NOOP
      quiet
      S: a OK
      C< a OK
      C< + Go on
      C: body
      scan: deliver
      S< b APPEND Sent {4}
      S: +
      S< body
      S: b OK
      C< b OK)"},
    {"keepalive", R"(
      C: a APPEND Sent {4}
      C< + Go on
      C~ bo
      tick
      quiet
      C: dy
      tick
      C< * OK Still checking a message
      S: * 5 EXISTS
      C< * 5 EXISTS
      scan: fail later
      C< a NO [UNAVAILABLE] later)"},
    {"broken_end", R"(
      C: a APPEND Sent {4}
      C< + Go on
      C: body trailing
      scan: deliver
      C< a BAD *
      kept: 0)"},
    {"continuation_too_many", R"(
      C: a APPEND Sent {4}
      C< + Go on
      C: body
      scan: deliver
      S< a APPEND Sent {4}
      S: +
      S< body
      S: +
      end: protocol_error)"},
};

class Appends : public testing::TestWithParam<Case> {};
TEST_P(Appends, ArePlayed) { play_in(GetParam().script, {.maxmessage = 100, .maxappend = 3}); }
INSTANTIATE_TEST_SUITE_P(Table, Appends, testing::ValuesIn(kAppends), kCaseName);

}  // namespace
}  // namespace p3scan::imap
