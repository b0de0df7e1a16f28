// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/parameter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;
using testing::Contains;
using testing::ElementsAreArray;

using Texts = std::vector<std::string>;

/// All texts of the parameter `name`, in order, each once.
Texts texts(std::string_view value, std::string_view name) {
  Texts out;
  for (const auto& parameter : read_parameters(value).all) {
    if (parameter.name != name) continue;
    for (const auto& text : texts_of(parameter))
      if (std::ranges::find(out, text) == out.end()) out.push_back(text);
  }
  return out;
}

struct Case {
  const char* name;
  std::string_view value;
  Texts texts;  // of the parameter n
};

const Case kCases[] = {
    {"token", "a/b; n=x.exe", {"x.exe"}},
    {"quoted", "a/b; n=\"x y.exe\"", {"x y.exe"}},
    {"blanks_around_equals", "a/b; n = \"x\" ; o=p", {"x"}},
    {"name_in_capitals", "a/b; N=x", {"x"}},
    {"semicolon_in_quotes", "a/b; n=\"x;y\"; o=p", {"x;y"}},
    {"folded", "a/b;\r\n n=\"x\r\n y\"", {"x y"}},
    {"folded_lf", "a/b;\n\tn=x", {"x"}},
    {"escaped_quote", "a/b; n=\"x\\\"y\"", {"x\"y", "x\\y"}},
    {"backslashes", "a/b; n=\"c:\\dir\\x\"", {"c:dirx", "c:\\dir\\x"}},
    {"duplicates", "a/b; n=x; n=y; n=x", {"x", "y"}},
    {"blank_in_token", "a/b; n=x y.exe", {"x", "x y.exe"}},
    {"text_behind_quotes", "a/b; n=\"x.txt\".exe", {"x.txt", "x.txt.exe"}},
    {"quote_does_not_end", "a/b; n=\"x.exe; o=p", {"x.exe"}},
    {"quote_in_token", "a/b; n=x\".exe", {"x.exe"}},
    {"empty", "a/b; n=; o=p", {""}},
    {"empty_quoted", "a/b; n=\"\"", {""}},
    {"comment_behind", "a/b; n=x.exe (y)", {"x.exe", "x.exe (y)"}},
    {"comment_in_front", "a/b; n=(y)x.exe", {"x.exe", "(y)x.exe"}},
    {"comment_inside", "a/b; n=x(y).exe", {"x", "x.exe", "x(y).exe"}},
    {"comment_hides_a_semicolon", "a/b; (; n=x.exe) n=y", {"y", "x.exe)", "x.exe) n=y"}},
    {"comment_hides_a_quote", "a/b (\"); n=x", {"x"}},
    {"comment_before_name", "a/b; (c) n=x", {"x"}},
    {"comment_does_not_end", "a/b; n=x(y; o=p", {"x", "x(y"}},
    {"nested_comment", "a/b; n=(a(b)c)x", {"x", "(a(b)c)x"}},
    {"no_semicolon", "a/b n=x", {"x"}},
    {"no_semicolon_between", "a/b; o=\"p\" n=\"x\"", {"x"}},
    {"no_value_word", "n=x", {"x"}},
    {"nul", "a/b; n=\"x.exe\0.txt\""sv, {"x.exe .txt", "x.exe"}},
    {"encoded_word", "a/b; n=\"=?utf-8?Q?B=C3=A4r.exe?=\"", {"Bär.exe", "=?utf-8?Q?B=C3=A4r.exe?="}},
    {"encoded_words", "a/b; n=\"=?utf-8?B?eC4=?= =?utf-8?B?ZXhl?=\"", {"x.exe", "=?utf-8?B?eC4=?= =?utf-8?B?ZXhl?="}},
    {"raw_latin1", "a/b; n=\"B\xe4r\"", {"Bär"}},
    {"extended", "a/b; n*=utf-8''B%C3%A4r%2Eexe", {"Bär.exe", "Bär.exe"}},
    {"extended_latin1", "a/b; n*=iso-8859-1'de'B%E4r", {"Bär"}},
    {"extended_quoted", "a/b; n*=\"utf-8''x%2Eexe\"", {"x.exe"}},
    {"extended_without_charset", "a/b; n*=x%2Eexe", {"x.exe"}},
    {"extended_unknown_charset", "a/b; n*=x-no''x%2Eexe", {"x.exe"}},
    {"extended_bad_escape", "a/b; n*=utf-8''x%2%zz%", {"x%2%zz%"}},
    {"extended_beside_plain", "a/b; n=y; n*=utf-8''x", {"y", "x"}},
    {"sections", "a/b; n*0=x.; n*1=exe", {"x.exe"}},
    {"sections_out_of_order", "a/b; n*1=exe; n*0=x.", {"x.exe", "exex."}},
    {"sections_extended", "a/b; n*0*=iso-8859-1''B%E4; n*1=\"r%41\"; n*2*=%2Eexe", {"Bär%41.exe"}},
    {"sections_with_a_gap", "a/b; n*0=x; n*2=.exe", {"x", "x.exe"}},
    {"sections_from_one", "a/b; n*1=x; n*2=.exe", {"x.exe"}},
    {"sections_twice", "a/b; n*0=x; n*0=y; n*1=.exe", {"x.exe", "y.exe", "xy.exe"}},
    {"other_parameters", "a/b; nn=x; m=y", {}},
    {"no_name", "a/b; =x; ;;", {}},
    {"nothing", "", {}},
};

TEST(Parameters, HaveEveryPlausibleReading) {
  for (const auto& c : kCases) {
    Texts expected;
    for (const auto& text : c.texts)
      if (std::ranges::find(expected, text) == expected.end()) expected.push_back(text);
    EXPECT_THAT(texts(c.value, "n"), ElementsAreArray(expected)) << c.name;
  }
}

struct Value {
  std::string_view written;
  std::string_view read;
};

constexpr Value kValues[] = {
    {"text/html", "text/html"},
    {" Text/HTML ; charset=x", "text/html"},
    {"text/html(c)", "text/html"},
    {"(c) text/html", "text/html"},
    {"text / html", "text/html"},
    {"text/ html x", "text/html"},
    {"text/html charset=x", "text/html"},
    {"text/html, text/plain", "text/html"},
    {"\"text/html\"", "text/html"},
    {"attachment", "attachment"},
    {";x=y", ""},
    {",", ""},
    {"", ""},
};

TEST(Parameters, ValueInFrontOfThem) {
  for (const auto& v : kValues) EXPECT_EQ(read_parameters(v.written).value, v.read) << v.written;
}

TEST(Parameters, SayWhereAValueIsWritten) {
  constexpr auto kValue = "text/html;\r\n charset = \"utf-7\" ; x=y"sv;
  const auto read = read_parameters(kValue);
  ASSERT_EQ(read.all.size(), 2U);
  EXPECT_EQ(kValue.substr(read.all[0].offset, read.all[0].length), "\"utf-7\"");
  EXPECT_EQ(kValue.substr(read.all[1].offset, read.all[1].length), "y");
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Parameters, AreLimited) {
  for (const auto text : {";a=b"sv, ";n*0=x"sv, ";x"sv, " a=b"sv, ";\\\""sv, ";(("sv}) {
    const auto value = "a/b" + repeated(text, 60'000);
    const auto read = read_parameters(value, 100);
    EXPECT_LE(read.all.size(), 100U);
    EXPECT_TRUE(read.over_limit) << text;
  }
  std::string many = "a/b";
  for (int i = 0; i < 101; ++i) many += "; n" + std::to_string(i) + "=x";
  EXPECT_TRUE(read_parameters(many, 100).over_limit);
  EXPECT_FALSE(read_parameters(many, 101).over_limit);
}

TEST(Parameters, AreNeverUnsafeToShow) {
  for (const auto& c : kCases)
    for (std::size_t cut = 0; cut <= c.value.size(); ++cut)
      for (const auto& text : texts(c.value.substr(0, cut), "n"))
        EXPECT_EQ(text.find_first_of("\r\n\0"sv), std::string::npos);
}

}  // namespace
}  // namespace p3scan::mime
