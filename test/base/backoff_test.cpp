// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "base/backoff.h"

#include <gtest/gtest.h>

namespace p3scan {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, GrowsUpToTheLongestPause) {
  Backoff backoff(30s, 60s);
  for (const auto pause : {0s, 1s, 2s, 4s, 8s, 16s, 30s, 30s}) EXPECT_EQ(backoff.after_death(1s), pause);
}

TEST(Backoff, StartsAnewAfterAHealthyLife) {
  Backoff backoff(30s, 60s);
  for (int i = 0; i < 4; ++i) backoff.after_death(59s);
  EXPECT_EQ(backoff.after_death(59s), 8s);
  EXPECT_EQ(backoff.after_death(60s), 0s);
  EXPECT_EQ(backoff.after_death(1s), 1s);
}

}  // namespace
}  // namespace p3scan
