// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "config/check_text.h"

#include <gtest/gtest.h>

namespace p3scan::config {
namespace {

using namespace std::string_view_literals;

struct Case {
  Checked (*check)(std::string_view);
  std::string_view text;
  bool right;
};

const std::string kLongName(254, 'a');
const std::string kLongPath = "/" + std::string(107, 'a');
const Case kCases[] = {
    {check_ip, "192.0.2.1", true},
    {check_ip, "::", true},
    {check_ip, "2001:db8::1", true},
    {check_ip, "::ffff:192.0.2.1", true},
    {check_ip, "[::1]", false},
    {check_ip, "192.0.2.1\0"sv, false},
    {check_ip, "fe80::1%eth0", false},
    {check_ip, "", false},
    {check_ip, "010.0.0.1", false},
    {check_host, "mail", true},
    {check_host, "mail-1.example_x.net.", true},
    {check_host, "[2001:db8::1]", true},
    {check_host, "[mail]", false},
    {check_host, "[]", false},
    {check_host, "-mail", false},
    {check_host, ".mail", false},
    {check_host, "a..b", false},
    {check_host, "a b", false},
    {check_host, "1.2.3", false},
    {check_host, "3com.example", true},
    {check_host, "m\xc3\xa4il", false},
    {check_host, kLongName, false},
    {check_network, "192.0.2.0/0", true},
    {check_network, "192.0.2.0/32", true},
    {check_network, "::/128", true},
    {check_network, "192.0.2.0/+1", false},
    {check_network, "192.0.2.0/8/8", false},
    {check_network, "/8", false},
    {check_bypass, "mail.example.net", true},
    {check_bypass, "*.example.net", true},
    {check_bypass, "192.0.2.0/24", true},
    {check_bypass, "2001:db8::/32", true},
    {check_bypass, "client:192.0.2.1", true},
    {check_bypass, "client:2001:db8::/32", true},
    {check_bypass, "client:mail.example.net", false},
    {check_bypass, "*", false},
    {check_bypass, "*.", false},
    {check_bypass, "*.*.example.net", false},
    {check_bypass, "mail.*.net", false},
    {check_bypass, "192.0.2.0/33", false},
    {check_clamd, "127.0.0.1:3310", true},
    {check_clamd, "clamd.example.net:3310", true},
    {check_clamd, "[::1]:3310", true},
    {check_clamd, "/run/clamd.sock", true},
    {check_clamd, "::1:3310", false},
    {check_clamd, "127.0.0.1", false},
    {check_clamd, "127.0.0.1:", false},
    {check_clamd, ":3310", false},
    {check_clamd, "a:0", false},
    {check_clamd, "run/clamd.sock", false},
    {check_clamd, kLongPath, false},
    {check_path, "/", true},
    {check_path, "./x", false},
    {check_user, "p3scan", true},
    {check_user, "1000", true},
    {check_user, "-x", false},
    {check_user, "a:b", false},
};

TEST(CheckText, DecidesEachRow) {
  for (const auto& row : kCases) EXPECT_EQ(row.check(row.text).has_value(), row.right) << row.text;
}

TEST(PortNumber, KnowsTheMailServices) {
  EXPECT_EQ(port_number("pop3"), 110);
  EXPECT_EQ(port_number("smtp"), 25);
  EXPECT_EQ(port_number("submission"), 587);
  EXPECT_EQ(port_number("imaps"), 993);
  EXPECT_EQ(port_number("65535"), 65535);
  for (const auto* wrong : {"", "0", "65536", "-1", "+1", " 1", "1 ", "0x10", "SMTP", "http"})
    EXPECT_EQ(port_number(wrong), std::nullopt) << wrong;
}

TEST(ListItems, AreSeparatedByCommasAndBlanks) {
  using Items = std::vector<std::string_view>;
  EXPECT_EQ(list_items(" a, b\tc,,d "), (Items{"a", "b", "c", "d"}));
  EXPECT_EQ(list_items(" ,\t"), Items{});
  EXPECT_EQ(list_items(""), Items{});
}

TEST(Quoted, IsSafeAndShort) {
  EXPECT_EQ(in_quotes("a\x1b[0m\n\0"sv), "'a\\x1b[0m\\x0a\\x00'");
  EXPECT_EQ(in_quotes(std::string(61, 'x')), "'" + std::string(60, 'x') + "...'");
}

}  // namespace
}  // namespace p3scan::config
