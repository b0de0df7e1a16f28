// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/spam_fields.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace p3scan::mime {
namespace {

TEST(SpamFields, Names) {
  for (const auto* name : {"X-Spam", "x-spam-flag", "X-Spam-", "X-Spamd-Result", "X-DSPAM-Result", "x-bogosity"})
    EXPECT_TRUE(is_spam_field(name)) << name;
  for (const auto* name : {"Subject", "X-Spammer", "X-Spa", "X-Virus", "Spam", "X-Bogosity-2", ""})
    EXPECT_FALSE(is_spam_field(name)) << name;
}

TEST(SpamFields, Saying) {
  struct Row {
    std::string_view name;
    std::string_view value;
    bool spam;
  };
  const Row rows[] = {
      {"X-Spam-Flag", " YES", true},
      {"x-spam-flag", "yes", true},
      {"X-Spam-Flag", " NO", false},
      {"X-Spam-Flag", " YESTERDAY", false},
      {"X-Spam-Flag", "", false},
      {"X-Spam-Status", " Yes, score=7.1 required=5.0", true},
      {"X-Spam-Status", " No, score=1.0 Yes", false},
      {"X-Spam", " yes", true},
      {"X-DSPAM-Result", " Spam", true},
      {"X-DSPAM-Result", " Innocent", false},
      {"X-Bogosity", " Spam, tests=bogofilter", true},
      {"X-Bogosity", " Ham, tests=bogofilter", false},
      {"X-Spam-Report", " Yes", false},
      {"Subject", " YES", false},
  };
  for (const auto& row : rows) EXPECT_EQ(says_spam(row.name, row.value), row.spam) << row.name << ":" << row.value;
}

TEST(SpamFields, Written) {
  const std::vector<std::string> symbols = {"GTUBE", "BAD\r\nX-Evil: 1", "", "\xff", "R_DKIM-NA.2"};
  EXPECT_EQ(spam_fields({.spam = true, .score = 15.04, .required = 6, .symbols = symbols}),
            "X-Spam-Flag: YES\r\nX-Spam-Score: 15.0\r\nX-Spam-Level: ***************\r\n"
            "X-Spam-Status: Yes, score=15.0 required=6.0 tests=GTUBE,BADX-Evil1,\r\n\tR_DKIM-NA.2\r\n");
  EXPECT_EQ(spam_fields({.spam = false, .score = -1, .required = 6, .symbols = {}}),
            "X-Spam-Score: -1.0\r\nX-Spam-Status: No, score=-1.0 required=6.0 tests=none\r\n");
}

TEST(SpamFields, Bounded) {
  const std::vector<std::string> symbols(1000, std::string(1000, 'A'));
  for (const double score :
       {1e300, -1e300, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    const auto text = spam_fields({.spam = true, .score = score, .required = score, .symbols = symbols});
    EXPECT_LT(text.size(), 8000U);
    for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
      EXPECT_LT(rest.find('\n'), 998U);
  }
}

}  // namespace
}  // namespace p3scan::mime
