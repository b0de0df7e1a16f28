// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/charset.h"

#include <gtest/gtest.h>

namespace p3scan::mime {
namespace {

struct Case {
  const char* name;
  const char* charset;
  std::string_view bytes;
  std::string_view text;
};

constexpr Case kCases[] = {
    {"ascii", "US-ASCII", "abc", "abc"},
    {"utf8", "utf8", "ä€", "ä€"},
    {"latin1", "ISO-8859-1", "\xe4\xdf\xff\xa4", "äßÿ¤"},
    {"latin9", "iso-8859-15", "\xa4\xa6\xbd\xbe\xe4", "€ŠœŸä"},
    {"latin2", "iso-8859-2", "\xb1\xb3\xf3\xbf\xa1\xff", "ąłóżĄ˙"},
    {"windows_1252", "Windows-1252", "\x80\x93\x94\x99\xe4", "€“”™ä"},
    {"koi8_r", "KOI8-R", "\xf0\xd2\xc9", "При"},
    {"iso_2022_jp", "iso-2022-jp", "\x1b$B$\"\x1b(B", "あ"},
    {"shift_jis", "Shift_JIS", "\x82\xa0", "あ"},
};

class CharsetTest : public testing::TestWithParam<Case> {};
TEST_P(CharsetTest, ReadsAndWrites) {
  EXPECT_EQ(to_utf8(GetParam().charset, GetParam().bytes), GetParam().text);
  EXPECT_EQ(from_utf8(GetParam().charset, GetParam().text), GetParam().bytes);
}
INSTANTIATE_TEST_SUITE_P(Table, CharsetTest, testing::ValuesIn(kCases), [](const auto& c) { return c.param.name; });

TEST(Charset, WindowsQuotesUnderTheNameOfLatin1AreUnderstoodButNotWritten) {
  EXPECT_EQ(to_utf8("iso-8859-1", "\x93x\x94"), "“x”");
  EXPECT_EQ(from_utf8("iso-8859-1", "“ä”"), "?\xe4?");
}

TEST(Charset, WhatIsMissingBecomesAQuestionMark) {
  EXPECT_EQ(from_utf8("us-ascii", "aä€"), "a??");
  EXPECT_EQ(from_utf8("koi8-r", "ä日П"), "??\xf0");
  EXPECT_EQ(from_utf8("no-such", "aä"), "a?");
  EXPECT_EQ(from_utf8("iso-2022-jp", "aä"), "a?");
}

TEST(Charset, RefusesWhatIsNotValid) {
  EXPECT_FALSE(to_utf8("us-ascii", "\xe4"));
  EXPECT_FALSE(to_utf8("utf-8", "\xe4"));
  EXPECT_FALSE(to_utf8("shift_jis", "\x82"));
  EXPECT_FALSE(to_utf8("koi8-r", std::string(64 * 1024 + 1, 'x')));
}

TEST(Charset, NamesFromMailsReachIconvOnlyFromTheList) {
  for (const auto* name : {"", "utf-8//TRANSLIT", "iso-2022-cn-ext", "IBM1390", "../../evil", "koi8-r//IGNORE"})
    EXPECT_FALSE(to_utf8(name, "abc")) << name;
}

}  // namespace
}  // namespace p3scan::mime
