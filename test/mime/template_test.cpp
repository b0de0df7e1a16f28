// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/template.h"

#include <gtest/gtest.h>

namespace p3scan::mime {
namespace {

TemplateValues sample() {
  TemplateValues values;
  values.hostname = "gw";
  values.virusname = "Eicar";
  values.subject = "%VIRUSNAME%";
  values.serverip = "10.0.0.1";
  return values;
}

struct Case {
  const char* name;
  std::string_view text;
  std::string_view expanded;
};

constexpr Case kCases[] = {
    {"empty", "", ""},
    {"one", "a %VIRUSNAME% b\n", "a Eicar b\r\n"},
    {"several", "%VIRUSNAME%%HOSTNAME% %VIRUSNAME%\n", "Eicargw Eicar\r\n"},
    {"no_last_newline", "a\n%SERVERIP%", "a\r\n10.0.0.1\r\n"},
    {"crlf_stays", "a\r\nb\r\n\r\n", "a\r\nb\r\n\r\n"},
    {"bare_cr", "a\rb", "a\r\nb\r\n"},
    {"unset", "[%MAILFROM%]", "[]\r\n"},
    {"unknown_stays", "%FILESTATUS% %VIRUSNAME%", "%FILESTATUS% Eicar\r\n"},
    {"case_matters", "%virusname%", "%virusname%\r\n"},
    {"values_are_not_expanded", "%SUBJECT%", "%VIRUSNAME%\r\n"},
    {"percent_before_variable", "100%%VIRUSNAME%", "100%Eicar\r\n"},
    {"percent_and_text_before_variable", "50% of %VIRUSNAME%", "50% of Eicar\r\n"},
    {"unfinished", "%VIRUSNAME", "%VIRUSNAME\r\n"},
    {"lone_percent", "%", "%\r\n"},
    {"nothing_between", "%%", "%%\r\n"},
};

class ExpandTest : public testing::TestWithParam<Case> {};
TEST_P(ExpandTest, ReplacesVariables) { EXPECT_EQ(expand(GetParam().text, sample()), GetParam().expanded); }
INSTANTIATE_TEST_SUITE_P(Table, ExpandTest, testing::ValuesIn(kCases), [](const auto& c) { return c.param.name; });

TEST(Expand, KnowsEveryVariable) {
  TemplateValues values;
  for (const auto& variable : kTemplateVariables) values.*variable.value = "<" + std::string(variable.name) + ">";
  for (const auto& variable : kTemplateVariables) {
    const auto name = std::string(variable.name);
    EXPECT_EQ(expand("%" + name + "%", values), "<" + name + ">\r\n");
  }
}

TEST(Expand, LinesMayHaveAnyLength) {
  const std::string text(100'000, 'x');
  EXPECT_EQ(expand(text + "%VIRUSNAME%" + text, sample()), text + "Eicar" + text + "\r\n");
}

TEST(Template, TheBuiltInOneUsesOnlyKnownVariables) {
  TemplateValues values;
  const auto text = expand(default_template(), values);
  EXPECT_EQ(text.find('%'), std::string::npos);
}

}  // namespace
}  // namespace p3scan::mime
