// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/sequence_set.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace p3scan::imap {
namespace {

struct Case {
  const char* name;
  std::string_view text;
  std::vector<std::uint32_t> of_ten;  // the numbers from 1 to 10 that it contains, where 10 is the highest
};
const Case kCases[] = {
    {"one", "3", {3}},
    {"range", "3:5", {3, 4, 5}},
    {"backwards", "5:3", {3, 4, 5}},
    {"list", "1,4:5,9", {1, 4, 5, 9}},
    {"star", "*", {10}},
    {"to_star", "8:*", {8, 9, 10}},
    {"from_star", "*:8", {8, 9, 10}},
    {"beyond", "15:*", {10}},
    {"saved", "$", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
};
class SequenceSetTest : public testing::TestWithParam<Case> {};
TEST_P(SequenceSetTest, Contains) {
  const auto set = SequenceSet::parse(GetParam().text);
  ASSERT_TRUE(set);
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 1; i <= 10; ++i)
    if (set->contains(i, 10)) found.push_back(i);
  EXPECT_EQ(found, GetParam().of_ten);
}
INSTANTIATE_TEST_SUITE_P(Table, SequenceSetTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(SequenceSetFlaws, AreNoSets) {
  for (const auto* text : {"", "0", "1,", ",1", "1:", ":1", "a", "1:2:3", "-1", "+1", "1 ", "4294967296", "**", "$$"})
    EXPECT_FALSE(SequenceSet::parse(text)) << text;
}

TEST(SequenceSetNames, OneOrMore) {
  for (const auto* text : {"1", "*", "5:5"}) EXPECT_TRUE(SequenceSet::parse(text)->names_one()) << text;
  for (const auto* text : {"1:2", "1:*", "1,2", "1,1", "$", "1,$"})
    EXPECT_FALSE(SequenceSet::parse(text)->names_one()) << text;
}

TEST(SequenceSetText, JoinsNeighbours) {
  EXPECT_EQ(sequence_set(std::vector<std::uint32_t>{}), "");
  EXPECT_EQ(sequence_set(std::vector<std::uint32_t>{3}), "3");
  EXPECT_EQ(sequence_set(std::vector<std::uint32_t>{3, 4}), "3:4");
  EXPECT_EQ(sequence_set(std::vector<std::uint32_t>{1, 3, 4, 5, 4294967295}), "1,3:5,4294967295");
}

}  // namespace
}  // namespace p3scan::imap
