// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/strings.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace p3scan::imap {
namespace {

using std::string_literals::operator""s;

struct Case {
  const char* name;
  std::string text;
  std::optional<std::string> value;
  std::string rest;
};
const Case kCases[] = {
    {"atom", "fred secret", "fred", " secret"},
    {"atom_end", "fred", "fred", ""},
    {"quoted", R"("a \"b\\" x)", R"(a "b\)", " x"},
    {"quoted_empty", R"("")", "", ""},
    {"quoted_open", R"("abc)", std::nullopt, R"("abc)"},
    {"quoted_open_escape", R"("abc\)", std::nullopt, R"("abc\)"},
    {"literal", "{3}\r\na\"b c", "a\"b", " c"},
    {"literal_plus", "{3+}\r\nabc", "abc", ""},
    {"literal8", "~{3}\r\na\0b"s, "a\0b"s, ""},
    {"literal_short", "{4}\r\nabc", std::nullopt, "{4}\r\nabc"},
    {"empty", "", std::nullopt, ""},
    {"blank", " x", std::nullopt, " x"},
    {"list", "(x", std::nullopt, "(x"},
};
class AstringTest : public testing::TestWithParam<Case> {};
TEST_P(AstringTest, IsTaken) {
  std::string_view text = GetParam().text;
  EXPECT_EQ(take_astring(text), GetParam().value);
  EXPECT_EQ(text, GetParam().rest);
}
INSTANTIATE_TEST_SUITE_P(Table, AstringTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(WriteAstring, AsShortAsCanBe) {
  EXPECT_EQ(write_astring("Date"), "Date");
  EXPECT_EQ(write_astring(""), "\"\"");
  EXPECT_EQ(write_astring("a b"), "\"a b\"");
  EXPECT_EQ(write_astring(R"(a"\)"), R"("a\"\\")");
  EXPECT_EQ(write_astring("\xc3\xa4"), "\"\xc3\xa4\"");
  EXPECT_EQ(write_astring("a\nb"), std::nullopt);
  EXPECT_EQ(write_astring("a\0b"s), std::nullopt);
}

Command command(std::string text) {
  Command result;
  result.arguments = text.find(' ', text.find(' ') + 1) + 1;
  result.text = std::move(text);
  return result;
}

TEST(MailboxOf, IsTheFirstArgument) {
  EXPECT_EQ(mailbox_of(command("a SELECT inbox\r\n")), "INBOX");
  EXPECT_EQ(mailbox_of(command("a EXAMINE \"in box\" (CONDSTORE)\r\n")), "in box");
  EXPECT_EQ(mailbox_of(command("a SELECT {5}\r\nInBox\r\n")), "INBOX");
  EXPECT_EQ(mailbox_of(command("a SELECT \r\n")), std::nullopt);
}

TEST(LoginName, IsTheFirstArgument) {
  EXPECT_EQ(login_name(command("a LOGIN fred secret\r\n")), "fred");
  EXPECT_EQ(login_name(command("a LOGIN {4}\r\nfr d {6}\r\nsecret\r\n")), "fr d");
}

}  // namespace
}  // namespace p3scan::imap
