// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <string>

#include "proto/pop3/command.h"

namespace p3scan::proto::pop3 {
namespace {

using namespace std::string_view_literals;

struct Case {
  const char* name;
  std::string_view line;
  Verb verb;
  ReplyShape shape;
  std::string_view arguments;
};

constexpr Case kCases[] = {
    {"user", "USER joe", Verb::user, ReplyShape::single_line, "joe"},
    {"any_case", "uSeR joe", Verb::user, ReplyShape::single_line, "joe"},
    {"blanks_in_name", "USER joe doe ", Verb::user, ReplyShape::single_line, "joe doe"},
    {"apop", "APOP joe 0123", Verb::apop, ReplyShape::single_line, "joe 0123"},
    {"list", "LIST", Verb::other, ReplyShape::multi_line, ""},
    {"list_blank", "LIST ", Verb::other, ReplyShape::multi_line, ""},
    {"list_one", "list 1", Verb::other, ReplyShape::single_line, "1"},
    {"uidl", "UIDL", Verb::other, ReplyShape::multi_line, ""},
    {"uidl_one", "UIDL 1", Verb::other, ReplyShape::single_line, "1"},
    {"capa", "CAPA", Verb::other, ReplyShape::capabilities, ""},
    {"auth_list", "AUTH", Verb::auth, ReplyShape::multi_line, ""},
    {"auth", "AUTH PLAIN", Verb::auth, ReplyShape::sasl, "PLAIN"},
    {"lang_list", "LANG", Verb::other, ReplyShape::multi_line, ""},
    {"lang", "LANG de", Verb::other, ReplyShape::single_line, "de"},
    {"utf8", "UTF8", Verb::other, ReplyShape::single_line, ""},
    {"retr", "RETR 1", Verb::other, ReplyShape::message, "1"},
    {"retr_tab", " retr\t1", Verb::other, ReplyShape::message, "1"},
    {"retr_alone", "RETR", Verb::other, ReplyShape::message, ""},
    {"top", "TOP 1 0", Verb::other, ReplyShape::message, "1 0"},
    {"stls", "stls", Verb::stls, ReplyShape::single_line, ""},
    {"quit", "quit", Verb::quit, ReplyShape::single_line, ""},
    {"longer_word", "RETRX 1", Verb::other, ReplyShape::single_line, "1"},
    {"unknown", "XTND x", Verb::other, ReplyShape::single_line, "x"},
};

class CommandTest : public testing::TestWithParam<Case> {};

TEST_P(CommandTest, HasTheReplyOfTheWholeCommand) {
  const auto command = parse_command(GetParam().line);
  EXPECT_EQ(command.verb, GetParam().verb);
  if (!(GetParam().shape == command.shape)) ADD_FAILURE() << static_cast<int>(command.shape);
  if (command.verb != Verb::other || command.shape != ReplyShape::single_line) {
    EXPECT_EQ(command.arguments, GetParam().arguments);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, CommandTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(Command, FlawsKeepItFromTheServer) {
  EXPECT_NE(command_flaw(""), "");
  EXPECT_NE(command_flaw(" \t"), "");
  EXPECT_NE(command_flaw("NOOP\0"sv), "");
  EXPECT_NE(command_flaw("NOOP\rRETR 1"), "");
  EXPECT_EQ(command_flaw("PASS \x01\xff \t"), "");
}

}  // namespace
}  // namespace p3scan::proto::pop3
