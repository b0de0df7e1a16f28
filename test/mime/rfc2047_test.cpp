// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/rfc2047.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "mime/header.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;

struct Case {
  const char* name;
  std::string_view value;
  std::string_view shown;
};

constexpr Case kDecoded[] = {
    {"plain", " Hello  there ", "Hello  there"},
    {"folded", " Hello\r\n there\n\tyou", "Hello there you"},
    {"q", "=?utf-8?Q?B=C3=A4r_1?=", "Bär 1"},
    {"b", "=?UTF-8?b?QsOkcg==?=", "Bär"},
    {"b_without_padding", "=?UTF-8?b?QsOkcg?=", "Bär"},
    {"latin1", "=?iso-8859-1?q?B=e4r?=", "Bär"},
    {"latin2", "=?iso-8859-2?Q?=B1=B3?=", "ął"},
    {"latin9", "=?iso-8859-15?Q?=A4?=", "€"},
    {"windows", "=?windows-1252?Q?=80=93?=", "€“"},
    {"by_iconv", "=?koi8-r?B?8NLJ?=", "При"},
    {"with_language", "=?utf-8*de?Q?B=C3=A4r?=", "Bär"},
    {"in_text", "Re: =?utf-8?Q?B=C3=A4r?= again", "Re: Bär again"},
    {"glued_to_text", "a=?utf-8?Q?=C3=A4?=b", "aäb"},
    {"blanks_between_words_vanish", "=?utf-8?Q?a?= \r\n =?utf-8?Q?b?=", "ab"},
    {"blanks_between_charsets_vanish", "=?utf-8?Q?a?= =?iso-8859-1?Q?=E4?=", "aä"},
    {"blanks_before_text_stay", "=?utf-8?Q?a?=  b =?utf-8?Q?c?=", "a  b c"},
    {"split_character", "=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=", "ä"},
    {"split_character_b", "=?utf-8?B?5pc=?=\r\n =?utf-8?B?pQ==?=", "日"},
    {"underscores_and_blanks", "=?utf-8?Q?a_b c?=", "a b c"},
    {"empty_word",
     "x=?utf-8?Q?"
     "?=y",
     "xy"},
    {"unknown_charset", "=?x-evil?Q?abc?=", "=?x-evil?Q?abc?="},
    {"unknown_encoding", "=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
    {"bad_q", "=?utf-8?Q?a=G1?= b", "=?utf-8?Q?a=G1?= b"},
    {"cut_q", "=?utf-8?Q?a=C?=", "=?utf-8?Q?a=C?="},
    {"bad_b", "=?utf-8?B?a*b?=", "=?utf-8?B?a*b?="},
    {"bad_utf8", "=?utf-8?Q?=E4?=", "=?utf-8?Q?=E4?="},
    {"eight_bit_in_ascii", "=?us-ascii?Q?=E4?=", "=?us-ascii?Q?=E4?="},
    {"unfinished", "=?utf-8?Q?abc", "=?utf-8?Q?abc"},
    {"only_the_start", "=?", "=?"},
    {"only_a_charset", "=?utf-8", "=?utf-8"},
    {"only_up_to_the_encoding", "=?utf-8?", "=?utf-8?"},
    {"only_up_to_the_text", "=?utf-8?Q?", "=?utf-8?Q?"},
    {"no_charset", "=??Q?abc?=", "=??Q?abc?="},
    {"word_in_a_broken_word", "=?x?=?utf-8?Q?a?=", "=?x?a"},
    {"hidden_crlf", "=?utf-8?Q?a=0D=0ABcc:_b?=", "a  Bcc: b"},
    {"hidden_nul", "=?utf-8?B?YQBi?=", "a b"},
    {"raw_latin1", "B\xe4r", "Bär"},
    {"raw_utf8", "Bär", "Bär"},
    {"raw_nul", "a\0b"sv, "a b"},
};

class DecodeTest : public testing::TestWithParam<Case> {};
TEST_P(DecodeTest, ShowsWhatWasMeant) { EXPECT_EQ(decode(GetParam().value), GetParam().shown); }
INSTANTIATE_TEST_SUITE_P(Table, DecodeTest, testing::ValuesIn(kDecoded), [](const auto& c) { return c.param.name; });

constexpr Case kEncoded[] = {
    {"empty", "", ""},
    {"plain", "Hello there", "Hello there"},
    {"q", "Bär", "=?utf-8?Q?B=C3=A4r?="},
    {"b", "äöü", "=?utf-8?B?w6TDtsO8?="},
    {"looks_encoded", "=?x", "=?utf-8?B?PT94?="},
    {"ends_in_a_blank", "a ", "=?utf-8?Q?a_?="},
    {"line_end", "a\r\nBcc: b", "a  Bcc: b"},
    {"latin1", "B\xe4r", "=?utf-8?Q?B=C3=A4r?="},
    {"nothing_but_a_blank", " ", "=?utf-8?Q?_?="},
};

class EncodeTest : public testing::TestWithParam<Case> {};
TEST_P(EncodeTest, WritesForAHeader) { EXPECT_EQ(encode(GetParam().value, 9), GetParam().shown); }
INSTANTIATE_TEST_SUITE_P(Table, EncodeTest, testing::ValuesIn(kEncoded), [](const auto& c) { return c.param.name; });

/// Every line is a start or a fold, none too long for its words, none of blanks only.
void expect_well_folded(const std::string& value, std::size_t column, std::size_t longest_word) {
  for (std::string_view rest = value; !rest.empty();) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    EXPECT_EQ(line.find_first_of("\r\n"), std::string_view::npos);
    if (line.data() != value.data()) EXPECT_TRUE(line.starts_with(' '));
    if (line.data() != value.data()) EXPECT_NE(line.find_first_not_of(' '), std::string_view::npos);
    const auto before = line.data() == value.data() ? column : 0;
    EXPECT_LE(line.size() + before, std::max<std::size_t>(78, longest_word + 1 + before));
    for (auto at = line.find("=?"); at != std::string_view::npos; at = line.find("=?", at)) {
      const auto end = line.find("?=", at + 10) + 2;
      EXPECT_LE(end - at, 75U);
      at = end;
    }
  }
}

TEST(Encode, RoundTripsAndFolds) {
  std::string umlauts;
  std::string mixed;
  std::string words;
  for (int i = 0; i < 300; ++i) {
    umlauts += "ä";
    mixed += i % 7 == 0 ? "日 " : "abc ";
    words += "word ";
  }
  for (const std::string& text : {umlauts, mixed, words + "end", words, "  " + words, std::string(500, 'x'),
                                  std::string(300, ' ') + "x", "a" + std::string(20, ' ') + "b", std::string("😀😀😀"),
                                  "x" + umlauts, "xy" + umlauts, std::string(190, 'w') + " " + std::string(190, 'v')}) {
    for (const std::size_t column : {0, 4, 9, 60, 200}) {
      const auto value = encode(text, column);
      EXPECT_EQ(decode(value), text);
      expect_well_folded(value, column > 76 ? 0 : column, 190);
      for (std::string_view rest = value; rest.contains("=?");) {  // no word holds part of a character
        rest.remove_prefix(rest.find("=?"));
        const auto word = rest.substr(0, rest.find("?=", 10) + 2);
        EXPECT_FALSE(decode(word).starts_with("=?")) << word;
        rest.remove_prefix(word.size());
      }
    }
  }
}

TEST(Decode, IsLinearInHostileValues) {
  for (const std::string_view unit :
       {"=?", "=?a?Q?", "=?utf-8?Q?", "=?koi8-r?Q?a?= ", "=?utf-8?Q?a?= ", "?=", "\r\n "}) {
    std::string value;
    while (value.size() < 70'000) value += unit;
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(is_utf8(decode(value)));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2)) << unit;
  }
}

TEST(Decode, FewConversionsByIconvForOneValue) {
  std::string value;
  for (int i = 0; i < 40; ++i) value += "=?koi8-r?Q?a?=.";
  const auto shown = decode(value);
  EXPECT_TRUE(shown.starts_with("a.a.a."));
  EXPECT_TRUE(shown.ends_with("=?koi8-r?Q?a?=."));
}

TEST(DisplayValue, IsTheFirstOfTheNameCutBetweenCharacters) {
  constexpr std::string_view kHead = "X: y\r\nsubject:  =?utf-8?Q?B=C3=A4r?=  \r\nSubject: two\r\n\r\n";
  EXPECT_EQ(display_value(kHead, "Subject"), "Bär");
  EXPECT_EQ(display_value(kHead, "Subject", 2), "B");
  EXPECT_EQ(display_value(kHead, "To"), "");
}

}  // namespace
}  // namespace p3scan::mime
