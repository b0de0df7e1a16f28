// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/senders.h"

#include <gtest/gtest.h>

namespace p3scan::mime {
namespace {

using Addresses = std::vector<std::string>;

Addresses addresses_of(std::string_view head) {
  Addresses out;
  for (const auto& sender : read_senders(head, false).all) out.push_back(sender.address);
  return out;
}

TEST(Senders, EveryAddressOfEveryFrom) {
  struct Row {
    std::string_view head;
    Addresses addresses;
  };
  const Row rows[] = {
      {"From: a@b.test\r\n\r\n", {"a@b.test"}},
      {"from : A <a@b.test>\n\n", {"a@b.test"}},
      {"From: a@b.test, \"c@d, x\" <e@f.test>\r\n\r\n", {"a@b.test", "e@f.test"}},
      {"From: a@b.test\r\nSubject: x\r\nFROM: c@d.test\r\n\r\nFrom: e@f.test\r\n", {"a@b.test", "c@d.test"}},
      {"From: x <a@b.test> <c@d.test>\r\n\r\n", {"a@b.test", "c@d.test"}},
      {"From: a@b.test c@d.test\r\n\r\n", {"a@b.test", "c@d.test"}},
      {"From: A\r\n <a@b.test>\r\n\r\n", {"a@b.test"}},
      {"From: =?utf-8?q?a=40b.test?= <c@d.test>\r\n\r\n", {"c@d.test"}},
      {"From: friends: a@b.test, c@d.test;\r\n\r\n", {"a@b.test", "c@d.test"}},
      {"From: nobody\r\n\r\n", {""}},
      {"From:\r\n\r\n", {""}},
      {"To: a@b.test\r\n\r\n", {}},
      {"", {}},
  };
  for (const auto& row : rows) EXPECT_EQ(addresses_of(row.head), row.addresses) << row.head;
}

TEST(Senders, LineIsDecoded) {
  const auto senders = read_senders("From: =?utf-8?q?J=C3=B6?= <j@b.test>\r\n\r\n", false);
  ASSERT_EQ(senders.all.size(), 1U);
  EXPECT_EQ(senders.all[0].line, "J\u00f6 <j@b.test>");
}

TEST(Senders, CertainOnlyIfNothingIsMissing) {
  EXPECT_TRUE(read_senders("From: a@b.test\r\n\r\n", false).certain);
  EXPECT_TRUE(read_senders("From: a@b.test\n\n", false).certain);
  EXPECT_FALSE(read_senders("From: a@b.test\r\nX: ", false).certain);
  EXPECT_TRUE(read_senders("From: a@b.test\r\nX: ", true).certain);
  std::string many = "From: a@b.test";
  for (int i = 0; i < 250; ++i) many += ", a@b.test";
  const auto senders = read_senders(many + "\r\n\r\n", true);
  EXPECT_FALSE(senders.certain);
  EXPECT_EQ(senders.all.size(), 200U);
}

}  // namespace
}  // namespace p3scan::mime
