// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/rate.h"

#include <gtest/gtest.h>

#include <string>

namespace p3scan::notify {
namespace {

using std::chrono::minutes;
constexpr auto kHour = minutes(60);

Rate::Clock::time_point at(int minute) { return Rate::Clock::time_point(minutes(1000 + minute)); }

struct Case {
  const char* name;
  std::uint32_t most;
  std::string_view script;  // a digit or letter: a mail of this name; ">": ten minutes later; "=": summary taken if due
  std::string_view result;  // "+" sent, "-" held back, "(N)" the summary with N mails
};

constexpr Case kCases[] = {
    {"below_the_limit", 3, "aaa", "+++"},
    {"above_the_limit", 3, "aaaaa", "+++--"},
    {"nothing_held_nothing_due", 3, "aaa>>>>>>=", "+++"},
    {"summary_at_the_end", 2, "aaaa>>>>>=>=", "++--(2)"},
    {"the_end_counts_from_the_first", 2, "a>>>aaa>>=>=", "++--(2)"},
    {"a_new_period_after_the_old", 2, "aa>>>>>>aaa",
     "+++"
     "+-"},
    {"summary_is_of_the_next_period", 2, "aaa>>>>>>=aa", "++-(1)+-"},
    {"the_same_before_it_is_taken", 2, "aaa>>>>>>aa=", "++-+-(2)"},
    {"a_summary_in_each_period", 1, "aa>>>>>>=a>>>>>>=a>>>>>>=", "+-(1)-(1)-(1)"},
    {"quiet_again", 1, "aa>>>>>>=>>>>>>a", "+-(1)+"},
    {"no_limit", 0, "aaaaaaaaaa>>>>>>=", "++++++++++"},
};

class RateTest : public testing::TestWithParam<Case> {};
TEST_P(RateTest, HoldsBackAndSumsUp) {
  Rate rate(GetParam().most, kHour);
  std::string result;
  int now = 0;
  for (const char c : GetParam().script) {
    if (c == '>') {
      now += 10;
    } else if (c != '=') {
      result += rate.admit(at(now), std::string(1, c)) ? '+' : '-';
    } else if (rate.due() && *rate.due() <= at(now)) {
      result += "(" + std::to_string(rate.take(at(now)).mails) + ")";
    }
  }
  EXPECT_EQ(result, GetParam().result);
}
INSTANTIATE_TEST_SUITE_P(Table, RateTest, testing::ValuesIn(kCases), [](const auto& c) { return c.param.name; });

TEST(Rate, CountsByName) {
  Rate rate(1, kHour);
  for (const auto* name : {"x", "a", "b", "a"}) rate.admit(at(0), name);
  ASSERT_EQ(rate.due(), at(60));
  const auto summary = rate.take(at(60));
  EXPECT_EQ(summary.mails, 3U);
  EXPECT_EQ(summary.by_name, (std::map<std::string, std::uint64_t>{{"a", 2}, {"b", 1}}));
  EXPECT_FALSE(rate.due());
}

TEST(Rate, ManyNamesTakeNoMemory) {
  Rate rate(1, kHour);
  for (int i = 0; i < 10'000; ++i) rate.admit(at(0), std::string(10'000, 'x') + std::to_string(i));
  for (int i = 0; i < 10'000; ++i) rate.admit(at(0), std::to_string(i) + std::string(10'000, 'x'));
  const auto summary = rate.take(at(0));
  EXPECT_EQ(summary.mails, 19'999U);
  EXPECT_EQ(summary.by_name.size(), Rate::kMaxNames);
  for (const auto& [name, count] : summary.by_name) EXPECT_LE(name.size(), 100U);
}

TEST(Rate, TheLimitMayChange) {
  Rate rate(0, kHour);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(rate.admit(at(0), "a"));
  rate.set_most(2);
  EXPECT_TRUE(rate.admit(at(1), "a"));
  EXPECT_TRUE(rate.admit(at(1), "a"));
  EXPECT_FALSE(rate.admit(at(1), "a"));
  rate.set_most(0);
  EXPECT_TRUE(rate.admit(at(1), "a"));
  EXPECT_TRUE(rate.due()) << "what was held back is still to be told";
}

}  // namespace
}  // namespace p3scan::notify
