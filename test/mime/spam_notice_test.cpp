// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/spam_notice.h"

#include <gtest/gtest.h>

#include "mime/early_header.h"
#include "mime/header.h"
#include "mime/rfc2047.h"

namespace p3scan::mime {
namespace {

constexpr std::string_view kDate = "Thu, 1 Jan 2026 00:00:00 +0000";
constexpr std::string_view kHead =
    "Received: x\r\nFrom: Spammer <s@evil.test>\r\nTo: joe@example.org\r\nSubject: pills\r\n for you\r\n\r\nbuy\r\n";

std::string notice(std::string_view language) {
  return spam_notice(
      {.early = early_header(kHead, true), .head = kHead, .language = language, .date = kDate, .hostname = "gw.test"});
}

TEST(SpamNotice, BeginsWithTheEarlyHeaderAndSaysWhatWasRemoved) {
  const auto text = notice("en");
  EXPECT_TRUE(text.starts_with("Received: x\r\nFrom: Spammer <s@evil.test>\r\nTo: joe@example.org\r\n")) << text;
  EXPECT_EQ(display_value(text, "Subject"), "[Spam] removed from your mail");
  EXPECT_EQ(count_fields(text, "Subject"), 1U);
  EXPECT_EQ(count_fields(text, "From"), 1U);
  EXPECT_NE(text.find("A mail to you was found to be spam"), std::string::npos);
  EXPECT_NE(text.find("Spammer <s@evil.test>"), std::string::npos);
  EXPECT_NE(text.find("pills for you"), std::string::npos);
  EXPECT_NE(text.find(kDate), std::string::npos);
  EXPECT_EQ(text.find("buy"), std::string::npos);
}

TEST(SpamNotice, OtherLanguages) {
  const auto text = notice("de");
  EXPECT_NE(text, notice("en"));
  EXPECT_EQ(find_field(text, "Content-Type")->value, " text/plain; charset=utf-8");
  EXPECT_EQ(notice("nonsense"), notice("en"));
}

}  // namespace
}  // namespace p3scan::mime
