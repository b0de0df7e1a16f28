// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/secret_mask.h"

#include <gtest/gtest.h>

#include <vector>

namespace p3scan::proto {
namespace {

struct Case {
  const char* name;
  std::vector<std::string_view> lines;  // "< " from the server, "> " to it
  std::string_view last;                // how the last one is shown
};

const Case kCases[] = {
    {"password", {"> PASS secret"}, "PASS <hidden>"},
    {"password_with_blanks", {"> pass  one two"}, "pass <hidden>"},
    {"password_missing", {"> PASS"}, "PASS"},
    {"user_is_shown", {"> USER fred"}, "USER fred"},
    {"digest", {"> APOP fred c4c9334bac560ecc979e58001b3e22fb"}, "APOP fred <hidden>"},
    {"initial_response", {"> AUTH PLAIN AGZyZWQAc2VjcmV0"}, "AUTH PLAIN <hidden>"},
    {"mechanism_alone", {"> AUTH LOGIN"}, "AUTH LOGIN"},
    {"smtp_continuation", {"> AUTH LOGIN", "< 334 VXNlcm5hbWU6", "> ZnJlZA=="}, "<hidden>"},
    {"every_step", {"< 334 VXNlcm5hbWU6", "> ZnJlZA==", "< 334 UGFzc3dvcmQ6", "> c2VjcmV0"}, "<hidden>"},
    {"pop3_continuation", {"> AUTH PLAIN", "< + ", "> AGZyZWQAc2VjcmV0"}, "<hidden>"},
    {"plus_without_a_blank", {"< +", "> AGZyZWQAc2VjcmV0"}, "<hidden>"},
    {"one_line_per_prompt", {"< 334 x", "> ZnJlZA==", "> QUIT"}, "QUIT"},
    {"okay_is_no_prompt", {"< +OK", "> STAT"}, "STAT"},
    {"imap_login", {"> a1 LOGIN fred secret"}, "a1 LOGIN fred <hidden>"},
    {"imap_authenticate", {"> a1 authenticate PLAIN AGZyZWQAc2VjcmV0"}, "a1 authenticate PLAIN <hidden>"},
    {"imap_login_literal_name", {"> a1 LOGIN {4}", "> fred secret"}, "<hidden>"},
    {"imap_login_literal_password", {"> a1 LOGIN fred {6}"}, "a1 LOGIN fred <hidden>"},
    {"imap_login_literals", {"> a1 LOGIN {4+}", "> fred {6+}", "> secret"}, "<hidden>"},
    {"imap_login_prompted", {"> a1 LOGIN {4}", "< + ok", "> fred {6}", "< + ok", "> secret"}, "<hidden>"},
    {"imap_login_line_end_in_literal", {"> a1 LOGIN fred {8}", "> sec", "> ret"}, "<hidden>"},
    {"imap_login_over", {"> a1 LOGIN {4}", "> fred {6}", "> secret", "> a2 NOOP"}, "a2 NOOP"},
    {"imap_other_literal", {"> a1 SELECT {5}", "> INBOX"}, "INBOX"},
    {"others_stay", {"> RETR 1"}, "RETR 1"},
    {"empty", {"> "}, ""},
};

class Mask : public testing::TestWithParam<Case> {};
TEST_P(Mask, HidesPasswordsAlone) {
  SecretMask mask;
  std::string shown;
  for (const auto line : GetParam().lines) {
    const auto text = line.substr(2);
    if (line.starts_with('<'))
      mask.to_client(text);
    else
      shown = mask.to_server(text);
  }
  EXPECT_EQ(shown, GetParam().last);
}
INSTANTIATE_TEST_SUITE_P(Table, Mask, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace p3scan::proto
