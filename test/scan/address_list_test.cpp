// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/address_list.h"

#include <gtest/gtest.h>

#include <string>

namespace p3scan::scan {
namespace {

TEST(AddressList, OneEntryOneSender) {
  struct Row {
    std::string_view list;
    std::string_view address;
    std::string_view line;
    bool found;
  };
  const Row rows[] = {
      {"joe@example.org", "joe@example.org", "Joe <joe@example.org>", true},
      {"Joe@Example.ORG", "jOE@eXAMPLE.org", "", true},
      {"joe@example.org", "big.joe@example.org", "Joe <big.joe@example.org>", false},
      {"joe@example.org", "x@evil.test", "\"joe@example.org\" <x@evil.test>", false},
      {"Joe Doe <joe@example.org>", "joe@example.org", "Somebody else <joe@example.org>", true},
      {"  joe@example.org  \r\n", "joe@example.org", "", true},
      {"@example.org", "joe@example.org", "", true},
      {"@example.org", "joe@mail.example.org", "", false},
      {"@example.org", "joe@badexample.org", "", false},
      {"example.org", "joe@example.org", "", true},
      {"example.org", "joe@mail.example.org", "", true},
      {"example.org", "joe@badexample.org", "", false},
      {"example.org", "joe@example.org.evil.test", "", false},
      {"example.org", "x@evil.test", "example.org <x@evil.test>", false},
      {"*@example.org", "joe@example.org", "", true},
      {"*@example.org", "x@evil.test", "joe@example.org", false},
      {"j?e@example.*", "joe@example.com", "", true},
      {"j?e@example.*", "jooe@example.com", "", false},
      {"*newsletter*", "a@b.test", "The NEWSLETTER of b <a@b.test>", true},
      {"*newsletter*", "newsletter-7@b.test", "", true},
      {"from: *pills*", "a@b.test", "Pills for all <a@b.test>", true},
      {"Cheap Pills", "a@b.test", "your cheap pills <a@b.test>", true},
      {"Cheap Pills", "a@b.test", "cheap <a@b.test>", false},
      {"friend", "a@b.test", "my friend <a@b.test>", true},
      {"user@", "user@b.test", "user@b.test", true},
      {"ab", "a@b.test", "ab <a@b.test>", false},
      {"a@b.test|c@d.test", "c@d.test", "", true},
      {"a@b.test | *@d.test", "x@d.test", "", true},
      {"# joe@example.org", "joe@example.org", "joe@example.org", false},
      {"joe@example.org # a friend", "joe@example.org", "", true},
      {"#1@example.org\nx#1@example.org", "x#1@example.org", "", true},
      {"\xEF\xBB\xBFjoe@example.org", "joe@example.org", "", true},
      {"*", "joe@example.org", "", true},
      {"*", "", "", true},
      {"*@*", "", "Joe", false},
      {"@", "joe@example.org", "joe@example.org", false},
      {"", "joe@example.org", "joe@example.org", false},
      {"|||", "joe@example.org", "joe@example.org", false},
      {"example.org", "joe", "joe", false},
  };
  for (const auto& row : rows) {
    const auto list = AddressList::parse(row.list);
    EXPECT_EQ(!list.find(row.address, row.line).empty(), row.found)
        << row.list << " for " << row.address << " in " << row.line;
  }
}

TEST(AddressList, NamesTheEntryAsWritten) {
  const auto list = AddressList::parse("# mine\nJoe <Joe@A.test>\n*@B.test\nSome Text\n");
  EXPECT_EQ(list.find("joe@a.test", ""), "Joe <Joe@A.test>");
  EXPECT_EQ(list.find("x@b.test", ""), "*@B.test");
  EXPECT_EQ(list.find("x@c.test", "with some text"), "Some Text");
  EXPECT_FALSE(list.empty());
  EXPECT_TRUE(AddressList::parse("#\n\n").empty());
}

TEST(AddressList, Bounds) {
  std::string many;
  for (int i = 0; i < 3000; ++i) many += "*pattern" + std::to_string(i) + "x*\n";
  many += "last@a.test\n" + std::string(400, 'x') + "@a.test\nab\n";
  const auto list = AddressList::parse(many);
  EXPECT_EQ(list.dropped(), 1000U + 1U + 1U);
  EXPECT_FALSE(list.find("last@a.test", "").empty()) << "addresses are not limited in number";
  EXPECT_FALSE(list.find("x@y.test", "pattern1999x").empty());
  EXPECT_TRUE(list.find("x@y.test", "pattern2000x").empty());
  EXPECT_TRUE(AddressList::parse("late text").find("x@y.test", std::string(1000, '.') + "late text").empty());
}

TEST(AddressList, PatternsTakeNoExponentialTime) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  EXPECT_FALSE(fits(pattern + "b", std::string(1000, 'a')));
  EXPECT_TRUE(fits(pattern, std::string(1000, 'a')));
  EXPECT_TRUE(fits("**", ""));
  EXPECT_FALSE(fits("?", ""));
  EXPECT_FALSE(fits("", "a"));
}

TEST(UserFilePart, OnlyPlainNames) {
  EXPECT_EQ(user_file_part("joe@example.org"), "joe@example.org");
  EXPECT_EQ(user_file_part("a..b"), "a..b");
  for (const auto bad : std::initializer_list<std::string_view>{"", ".", "..", ".x", "../x", "a/b", "-rf", "a\nb",
                                                                std::string_view("a\0b", 3)})
    EXPECT_EQ(user_file_part(bad), "") << bad;
  EXPECT_EQ(user_file_part(std::string(201, 'a')), "");
}

}  // namespace
}  // namespace p3scan::scan
