// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/address.h"

#include <gtest/gtest.h>

#include <string>

namespace p3scan::notify {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view text;
  bool safe;
};
constexpr Case kCases[] = {
    {"root", true},
    {"root@localhost", true},
    {"_a.b+c-d=e@mail.example.org", true},
    {"1@2", true},
    {"", false},
    {"@", false},
    {"@x", false},
    {"a@", false},
    {"a@b@c", false},
    {"-a@b", false},
    {"-fevil@x", false},
    {"a@-b", false},
    {"+folder", false},
    {".hidden", false},
    {"/etc/passwd", false},
    {"a/b@c", false},
    {"|sh", false},
    {"a|sh@x", false},
    {"a b@c", false},
    {"a\tb", false},
    {"a\r\nBcc: b", false},
    {"a\0b"sv, false},
    {"<a@b>", false},
    {"a@b>", false},
    {"\"a b\"@c", false},
    {"$(id)", false},
    {"`id`", false},
    {"a;b", false},
    {"a'b", false},
    {"&a", false},
    {"!a", false},
    {"~a", false},
    {"%a", false},
    {":include:/x", false},
    {"b\xc3\xa4r@x", false},
};

TEST(Address, OnlyHarmlessOnesAreSafe) {
  for (const auto& row : kCases) EXPECT_EQ(is_safe_address(row.text), row.safe) << row.text;
  EXPECT_TRUE(is_safe_address(std::string(254, 'a')));
  EXPECT_FALSE(is_safe_address(std::string(255, 'a')));
}

TEST(Address, SettingsAreSplit) {
  const auto found = split_addresses({"root@localhost postmaster@localhost", "a@b, c@d", "-x |y", "", " "});
  EXPECT_EQ(found.good, (std::vector<std::string>{"root@localhost", "postmaster@localhost", "a@b", "c@d"}));
  EXPECT_EQ(found.bad, (std::vector<std::string>{"-x", "|y"}));
}

TEST(Address, ServersGetADomain) {
  EXPECT_EQ(qualified("root", "gw.example"), "root@gw.example");
  EXPECT_EQ(qualified("root@x", "gw.example"), "root@x");
}

}  // namespace
}  // namespace p3scan::notify
