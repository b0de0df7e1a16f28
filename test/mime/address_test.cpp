// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/address.h"

#include <gtest/gtest.h>

#include <string>

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;

struct Case {
  const char* name;
  std::string_view value;
  std::string_view encoded;
};

constexpr Case kCases[] = {
    {"empty", "", ""},
    {"address", " a@b.c", "a@b.c"},
    {"angle", "<a@b.c>", "a@b.c"},
    {"name", "Ann Lee <a@b.c>", "Ann Lee <a@b.c>"},
    {"quoted", "\"Lee, Ann\" <a@b.c>", "\"Lee, Ann\" <a@b.c>"},
    {"quoted_pair", R"("a\"b" <a@b.c>)", R"("a\"b" <a@b.c>)"},
    {"needless_quotes", "\"Ann\" <a@b.c>", "Ann <a@b.c>"},
    {"encoded", "=?iso-8859-1?Q?J=FCrg?= <a@b.c>", "=?utf-8?B?SsO8cmc=?= <a@b.c>"},
    {"raw_utf8", "Jürg <a@b.c>", "=?utf-8?B?SsO8cmc=?= <a@b.c>"},
    {"raw_latin1", "J\xfcrg <a@b.c>", "=?utf-8?B?SsO8cmc=?= <a@b.c>"},
    {"comment", "a@b.c (Ann Lee)", "Ann Lee <a@b.c>"},
    {"two", "a@b.c, Ann <d@e.f>", "a@b.c,\r\n Ann <d@e.f>"},
    {"empty_parts", ",, a@b.c ,", "a@b.c"},
    {"comma_in_comment", "a@b.c (x, y), d@e.f", "\"x, y\" <a@b.c>,\r\n d@e.f"},
    {"comma_in_angle", "Ann <a,b@c>", "Ann <ab@c>"},
    {"group", "undisclosed-recipients:;", "undisclosed-recipients:;"},
    {"group_with_blank", "Undisclosed recipients: ;", "Undisclosed recipients: ;"},
    {"group_with_members", "Team: a@b, c@d;", "\"Team:\" <a@b>,\r\n c@d"},
    {"name_only", "Postmaster", "Postmaster"},
    {"name_that_needs_quotes", "Mr. X", "\"Mr. X\""},
    {"hidden_crlf", "=?utf-8?Q?x=0D=0ABcc:_e@f?= <a@b.c>", "\"x  Bcc: e@f\" <a@b.c>"},
    {"hidden_brackets", "=?utf-8?Q?=3Ce@f=3E=2C?= <a@b.c>", "\"<e@f>,\" <a@b.c>"},
    {"stray_lf", "a\nBcc: e@f <a@b.c>", "\"a Bcc: e@f\" <a@b.c>"},
    {"crlf_in_address", "<a\r\n Bcc: x@b.c>", "aBcc:x@b.c"},
    {"nul", "A\0B <a\0@b>"sv, "A B <a@b>"},
    {"utf8_address", "<jürg@b.c>", "jürg@b.c"},
    {"latin1_address", "<j\xfcrg@b.c>", "jürg@b.c"},
    {"unfinished_quote", "\"Ann <a@b.c>", "Ann <a@b.c>"},
    {"unfinished_comment", "Ann ( <a@b.c>", "Ann <a@b.c>"},
    {"unfinished_angle", "Ann <a@b.c", "Ann <a@b.c>"},
};

class AddressTest : public testing::TestWithParam<Case> {};
TEST_P(AddressTest, SaysTheSameSafely) { EXPECT_EQ(encode_addresses(GetParam().value, 6), GetParam().encoded); }
INSTANTIATE_TEST_SUITE_P(Table, AddressTest, testing::ValuesIn(kCases), [](const auto& c) { return c.param.name; });

TEST(Address, IsBounded) {
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "someone" + std::to_string(i) + "@example.org, ";
  EXPECT_LE(encode_addresses(many, 4).size(), 4500U);
  EXPECT_LE(encode_addresses(std::string(70'000, 'x') + " <a@b>", 4).size(), 500U);
  EXPECT_LE(encode_addresses("<" + std::string(70'000, 'x') + "@b>", 4).size(), 500U);
  EXPECT_LE(encode_addresses(std::string(70'000, '('), 4).size(), 500U);
}

}  // namespace
}  // namespace p3scan::mime
