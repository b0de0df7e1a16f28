// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/date.h"

#include <gtest/gtest.h>

namespace p3scan::mime {
namespace {

using namespace std::chrono_literals;

TEST(Date, IsWrittenAsTheRfcHasIt) {
  EXPECT_EQ(rfc5322_date(0, 0s), "Thu, 01 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(rfc5322_date(1'000'000'000, 2h), "Sun, 09 Sep 2001 03:46:40 +0200");
  EXPECT_EQ(rfc5322_date(1'000'000'000, -3h - 30min), "Sat, 08 Sep 2001 22:16:40 -0330");
  EXPECT_EQ(rfc5322_date(1'709'210'096, 12h), "Fri, 01 Mar 2024 00:34:56 +1200");
  EXPECT_EQ(rfc5322_date(-1, 0s), "Wed, 31 Dec 1969 23:59:59 +0000");
}

}  // namespace
}  // namespace p3scan::mime
