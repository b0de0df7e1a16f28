// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/allow_list.h"

#include <gtest/gtest.h>

namespace p3scan::net {
namespace {

Address address(const char* literal) { return boost::asio::ip::make_address(literal); }

struct Case {
  const char* name;
  std::vector<std::string> entries;
  const char* host;
  const char* resolved;
  bool permitted;
};

class AllowListTest : public testing::TestWithParam<Case> {};

TEST_P(AllowListTest, PermitsWhatItLists) {
  const auto list = AllowList::parse(GetParam().entries);
  ASSERT_TRUE(list) << list.error();
  EXPECT_EQ(list->permits(GetParam().host, address(GetParam().resolved)), GetParam().permitted);
}

INSTANTIATE_TEST_SUITE_P(
    Table, AllowListTest,
    testing::Values(Case{"empty_public", {}, "mail.example.org", "8.8.8.8", true},
                    Case{"empty_public_v6", {}, "mail.example.org", "2a00:1450::5", true},
                    Case{"empty_loopback", {}, "localhost", "127.0.0.1", false},
                    Case{"empty_private", {}, "inside", "10.1.2.3", false},
                    Case{"empty_private_12", {}, "inside", "172.31.255.255", false},
                    Case{"empty_public_next_to_private_12", {}, "outside", "172.32.0.1", true},
                    Case{"empty_link_local_v6", {}, "inside", "fe80::1", false},
                    Case{"empty_unique_local", {}, "inside", "fd00::1", false},
                    Case{"empty_loopback_v6", {}, "inside", "::1", false},
                    Case{"empty_mapped_loopback", {}, "inside", "::ffff:127.0.0.1", false},
                    Case{"empty_nat64_of_private", {}, "inside", "64:ff9b::a01:203", false},
                    Case{"empty_this_network", {}, "inside", "0.0.0.0", false},
                    Case{"network", {"10.0.0.0/8"}, "x", "10.200.0.1", true},
                    Case{"network_outside", {"10.0.0.0/8"}, "x", "11.0.0.1", false},
                    Case{"network_excludes_public", {"10.0.0.0/8"}, "x", "8.8.8.8", false},
                    Case{"network_odd_prefix", {"192.0.2.128/25"}, "x", "192.0.2.127", false},
                    Case{"network_v6", {"2001:db8::/32"}, "x", "2001:db8:1::1", true},
                    Case{"network_all", {"0.0.0.0/0"}, "x", "127.0.0.1", true},
                    Case{"network_all_v4_is_not_v6", {"0.0.0.0/0"}, "x", "::1", false},
                    Case{"single", {"192.0.2.7"}, "x", "192.0.2.7", true},
                    Case{"single_other", {"192.0.2.7"}, "x", "192.0.2.8", false},
                    Case{"host", {"mail.example.org"}, "MAIL.example.org", "10.0.0.1", true},
                    Case{"host_other", {"mail.example.org"}, "evil-mail.example.org", "8.8.8.8", false},
                    Case{"domain", {".example.org"}, "mail.example.org", "10.0.0.1", true},
                    Case{"domain_not_itself", {".example.org"}, "example.org", "8.8.8.8", false},
                    Case{"domain_suffix_trick", {".example.org"}, "badexample.org", "8.8.8.8", false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(AllowList, NamesTheBadEntry) {
  for (const char* bad : {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x", "a b", "", "host/8", "10.0.0.0/-1"}) {
    const auto list = AllowList::parse({"192.0.2.1", bad});
    ASSERT_FALSE(list) << bad;
    EXPECT_NE(list.error().find(std::string("'") + bad + "'"), std::string::npos) << list.error();
  }
}

}  // namespace
}  // namespace p3scan::net
