// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/header.h"

#include <gtest/gtest.h>

#include <string>

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;

struct Case {
  const char* name;
  std::string_view head;
  std::string_view fields;  // name=unfolded value@offset+length; of each
};

constexpr Case kCases[] = {
    {"empty", "", ""},
    {"two", "A: b\r\nC:d\r\n\r\nX: y\r\n", "A=b@0+6;C=d@6+5;"},
    {"folded", "A: b\r\n  c\r\n\td\r\nE: f\r\n", "A=b  c\td@0+15;E=f@15+6;"},
    {"lf", "A: b\n c\nD: e\n\nX: y\n", "A=b c@0+8;D=e@8+5;"},
    {"unfinished", "A: b\r\nC: d", "A=b@0+6;C=d@6+4;"},
    {"unfinished_name", "A: b\r\nSub", "A=b@0+6;"},
    {"empty_value", "A:\r\nB:\r\n c\r\n", "A=@0+4;B=c@4+8;"},
    {"blank_before_colon", "A : b\r\n", "A=b@0+7;"},
    {"garbage_is_passed_over", "From me\r\n: x\r\n lost\r\nA: b\r\n", "A=b@21+6;"},
    {"empty_line_first", "\r\nA: b\r\n", ""},
    {"bare_cr_is_a_blank", "A: b\rc\r\n", "A=b c@0+8;"},
    {"nul_stays", "A: b\0c\r\n"sv, "A=b\0c@0+8;"sv},
    {"colon_in_value", "A: b:c\r\n", "A=b:c@0+8;"},
};

class FieldsTest : public testing::TestWithParam<Case> {};
TEST_P(FieldsTest, ReadsAsMailProgramsDo) {
  std::string log;
  Fields fields(GetParam().head);
  while (const auto field = fields.next()) {
    log.append(field->name).append("=").append(unfold(field->value));
    log.append("@" + std::to_string(field->offset) + "+" + std::to_string(field->length) + ";");
  }
  EXPECT_EQ(log, GetParam().fields);
  EXPECT_FALSE(fields.next());
}
INSTANTIATE_TEST_SUITE_P(Table, FieldsTest, testing::ValuesIn(kCases), [](const auto& c) { return c.param.name; });

TEST(Header, FindsTheFirstOfANameInAnyCase) {
  constexpr std::string_view kHead = "X: 1\r\nFROM: a\r\nfrom: b\r\n\r\nFrom: c\r\n";
  EXPECT_EQ(find_field(kHead, "From")->value, " a");
  EXPECT_EQ(count_fields(kHead, "From"), 2U);
  EXPECT_FALSE(find_field(kHead, "Fro"));
  EXPECT_EQ(count_fields(kHead, "Date"), 0U);
}

}  // namespace
}  // namespace p3scan::mime
