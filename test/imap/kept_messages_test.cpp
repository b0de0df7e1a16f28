// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/kept_messages.h"

#include <gtest/gtest.h>

namespace p3scan::imap {
namespace {

std::vector<std::uint64_t> superfluous(KeptMessages& kept) {
  std::vector<std::uint64_t> ids;
  while (const auto id = kept.take_superfluous()) ids.push_back(*id);
  return ids;
}

TEST(KeptMessages, TheOneNotUsedForLongestGoesFirst) {
  KeptMessages kept({.count = 2, .octets = 1000});
  const auto one = kept.add(1, 11, 10).id;
  const auto two = kept.add(2, 12, 10).id;
  EXPECT_NE(one, two);
  EXPECT_EQ(kept.find(1)->id, one);
  kept.add(3, 13, 10);
  EXPECT_EQ(superfluous(kept), std::vector{two});
  EXPECT_FALSE(kept.find(2));
  EXPECT_EQ(kept.find_number(11)->id, one);
}

TEST(KeptMessages, OctetsAreBoundedButTheLastIsKept) {
  KeptMessages kept({.count = 10, .octets = 100});
  const auto one = kept.add(1, 1, 60).id;
  const auto two = kept.add(2, 2, 60).id;
  EXPECT_EQ(superfluous(kept), std::vector{one});
  kept.add(3, 3, 5000);
  EXPECT_EQ(superfluous(kept), std::vector{two});
  EXPECT_EQ(kept.find(3)->size, 5000U);
  KeptMessages none({.count = 0, .octets = 0});
  none.add(1, 1, 1);
  EXPECT_TRUE(none.find(1));
}

TEST(KeptMessages, AMessageIsKeptOnce) {
  KeptMessages kept({.count = 10, .octets = 100});
  const auto old = kept.add(1, 1, 60).id;
  const auto fresh = kept.add(1, 2, 70).id;
  EXPECT_EQ(superfluous(kept), std::vector{old});
  EXPECT_EQ(kept.find(1)->id, fresh);
  EXPECT_FALSE(kept.find_number(1));
}

TEST(KeptMessages, NumbersFollowExpunges) {
  KeptMessages kept({.count = 10, .octets = 100});
  kept.add(10, 1, 1);
  kept.add(20, 2, 1);
  kept.add(30, 3, 1);
  kept.expunge(2);
  EXPECT_EQ(kept.find_number(1)->uid, 10U);
  EXPECT_EQ(kept.find_number(2)->uid, 30U);
  EXPECT_FALSE(kept.find_number(3));
  EXPECT_FALSE(kept.find_number(0));
  kept.note_number(20, 7);
  EXPECT_EQ(kept.find_number(7)->uid, 20U);
  kept.forget_numbers();
  EXPECT_FALSE(kept.find_number(7));
  EXPECT_TRUE(kept.find(20));
  kept.clear();
  EXPECT_FALSE(kept.find(20));
  EXPECT_EQ(superfluous(kept).size(), 3U);
}

}  // namespace
}  // namespace p3scan::imap
