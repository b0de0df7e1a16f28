// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/early_header.h"

#include <gtest/gtest.h>

#include <string>

#include "mime/header_end.h"

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;

/// The bar shows how much may be sent of an unfinished message; `whole` how much of it if nothing follows.
struct Case {
  const char* name;
  std::string_view head;
  std::string_view whole = {};  // empty = the same
};

constexpr Case kCases[] = {
    {"subject", "Received: a\r\n b\r\nFrom: c\r\n|Subject: d\r\nTo: e\r\n\r\n"},
    {"subject_any_case", "From: c\r\n|SUBJECT: d\r\n\r\n"},
    {"subject_prefix", "From: c\r\n|Subject-Old: d\r\n\r\n"},
    {"mime", "From: c\r\n|MIME-Version: 1.0\r\n\r\n"},
    {"content", "From: c\r\n|content-type: a/b\r\n\r\n"},
    {"spam_mark", "From: c\r\n|X-Spam-Status: No\r\n\r\n"},
    {"empty_line", "From: c\r\nTo: d\r\n|\r\nX: body\r\n"},
    {"needs_the_next_line", "From: c\r\n|To: d\r\n", "From: c\r\nTo: d\r\n|"},
    {"next_octet_is_enough", "From: c\r\nTo: d\r\n|X", ""},
    {"unfinished_fold", "From: c\r\n|To: d\r\n e", ""},
    {"finished_fold", "From: c\r\nTo: d\r\n e\r\n|X", ""},
    {"unfinished_line", "From: c\r\n|To: d", ""},
    {"unfinished_crlf", "From: c\r\n|To: d\r", ""},
    {"second_from", "From: c\r\nX: y\r\n|from: d\r\n\r\n"},
    {"second_to", "To: c\r\n|To: d\r\n\r\n"},
    {"second_date", "Date: c\r\n|Date: d\r\n\r\n"},
    {"second_cc", "Cc: c\r\n|CC: d\r\n\r\n"},
    {"second_reply_to", "Reply-To: c\r\n|Reply-To: d\r\n\r\n"},
    {"second_message_id", "Message-ID: c\r\n|Message-Id: d\r\n\r\n"},
    {"received_may_repeat", "Received: c\r\nReceived: d\r\n|\r\n"},
    {"no_colon", "From: c\r\n|hello\r\n\r\n"},
    {"mbox_line", "|From me@x Mon\r\nTo: a\r\n\r\n"},
    {"blank_before_colon", "From: c\r\n|To : d\r\n\r\n"},
    {"empty_name", "From: c\r\n|: d\r\n\r\n"},
    {"starts_folded", "| a\r\nFrom: c\r\n\r\n"},
    {"control", "From: c\r\n|X: \x01\r\n\r\n"},
    {"del", "From: c\r\n|X: \x7f\r\n\r\n"},
    {"nul", "From: c\r\n|X: \0\r\n\r\n"sv},
    {"tab_is_fine", "From:\tc\r\n|\r\n"},
    {"eight_bit_value_is_fine", "From: \xe4\r\n|\r\n"},
    {"eight_bit_name", "From: c\r\n|X\xe4: y\r\n\r\n"},
    {"bare_lf", "From: c\r\n|X: y\nZ: 1\r\n\r\n"},
    {"bare_lf_line", "|From: c\nX: y\r\n\r\n"},
    {"bare_cr", "From: c\r\n|X: y\rZ: 1\r\n\r\n"},
    {"bare_cr_before_crlf", "From: c\r\n|X: y\r\r\n\r\n"},
    {"control_in_fold", "From: c\r\n|X: y\r\n \x02\r\n\r\n"},
    {"fold_of_blanks", "From: c\r\n|X: y\r\n \t\r\n z\r\n\r\n"},
    {"lf_behind_a_good_field", "From: c\r\n|\nbody\r\n"},
    {"empty", "|"},
};

class EarlyHeaderTest : public testing::TestWithParam<Case> {};
TEST_P(EarlyHeaderTest, StopsInTime) {
  std::string head(GetParam().head);
  const auto bar = head.find('|');
  head.erase(bar, 1);
  EXPECT_EQ(early_header(head, false), head.substr(0, bar));
  const auto whole = GetParam().whole.empty() ? bar : GetParam().whole.find('|');
  EXPECT_EQ(early_header(head, true), head.substr(0, whole));
}

TEST_P(EarlyHeaderTest, OnlyGrowsAndStaysInFrontOfAnAddedLine) {
  std::string head(GetParam().head);
  head.erase(head.find('|'), 1);
  std::size_t before = 0;
  for (std::size_t size = 0; size <= head.size(); ++size) {
    const auto early = early_header(std::string_view(head).substr(0, size), false);
    EXPECT_GE(early.size(), before);
    before = early.size();
  }
  HeaderEnd end;
  end.feed(head);
  end.finish();
  EXPECT_LE(early_header(head, true).size(), end.offset());
}
INSTANTIATE_TEST_SUITE_P(Table, EarlyHeaderTest, testing::ValuesIn(kCases), [](const auto& c) { return c.param.name; });

TEST(EarlyHeader, LinesMayHave998OctetsAndFieldsAnyNumberOfThem) {
  const std::string fits = "X: " + std::string(995, 'a') + "\r\n";
  const std::string folded = fits + " " + std::string(997, 'b') + "\r\n";
  EXPECT_EQ(early_header(folded + "Y", false), folded);
  EXPECT_EQ(early_header("X: " + std::string(996, 'a') + "\r\nY", false), "");
  EXPECT_EQ(early_header(fits + " " + std::string(998, 'b') + "\r\nY", false), "");
  EXPECT_EQ(early_header("X: " + std::string(70'000, 'a'), true), "");
}

}  // namespace
}  // namespace p3scan::mime
