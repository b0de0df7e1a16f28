// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/utf8.h"

#include <gtest/gtest.h>

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, KnowsWellFormedText) {
  for (const auto good : {""sv, "abc"sv, "\0"sv, "ä"sv, "\xc2\x80"sv, "\xe0\xa0\x80"sv, "\xed\x9f\xbf"sv,
                          "\xee\x80\x80"sv, "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv, "日本"sv})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const auto bad :
       {"\x80"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xc3"sv, "\xc3("sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv, "\xe2\x82"sv,
        "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xff"sv, "a\xe2\x82z"sv})
    EXPECT_FALSE(is_utf8(bad)) << bad;
}

TEST(Utf8, CodesRoundTrip) {
  for (const char32_t code : {U'a', U'\u00e4', U'\u07ff', U'\u0800', U'\uffff', U'\U00010000', U'\U0010ffff'}) {
    std::string text;
    append_utf8(text, code);
    EXPECT_EQ(utf8_length(text), text.size());
    EXPECT_EQ(utf8_code(text), code);
  }
}

TEST(Utf8, PrefixesKeepCharactersWhole) {
  EXPECT_EQ(utf8_prefix("aä日", 10), "aä日");
  EXPECT_EQ(utf8_prefix("aä日", 5), "aä");
  EXPECT_EQ(utf8_prefix("aä日", 3), "aä");
  EXPECT_EQ(utf8_prefix("aä日", 2), "a");
  EXPECT_EQ(utf8_prefix("aä日", 0), "");
}

TEST(Utf8, DisplayedTextIsOneLineOfUtf8) {
  EXPECT_EQ(display_text("Bär"), "Bär");
  EXPECT_EQ(display_text("B\xe4r \x80 5"), "Bär € 5");
  EXPECT_EQ(display_text("a\r\nb\0c\x7f\td"sv), "a  b c  d");
  EXPECT_EQ(display_text("a\xc2\x85"
                         "b\xe2\x80\xa8"
                         "c"),
            "a b c");
  EXPECT_EQ(display_text("\x81"), " ");
}

}  // namespace
}  // namespace p3scan::mime
