// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/command_line.h"

#include <gtest/gtest.h>

namespace p3scan::scan {
namespace {

using Words = std::vector<std::string>;

TEST(CommandLine, Words) {
  struct Row {
    std::string_view text;
    Words words;
    bool warned;
  };
  const Row rows[] = {
      {"/usr/bin/clamdscan --no-summary -i", {"/usr/bin/clamdscan", "--no-summary", "-i"}, false},
      {"  a\t b  ", {"a", "b"}, false},
      {"a 'b  c' \"d e\"", {"a", "b  c", "d e"}, false},
      {R"(a\ b c\\ \'x)", {"a b", "c\\", "'x"}, false},
      {R"(a "x\"y" "p\q" '\')", {"a", "x\"y", "p\\q", "\\"}, false},
      {"a '' b", {"a", "", "b"}, false},
      {"a x'y'\"z\"", {"a", "xyz"}, false},
      {"a | b", {"a", "|", "b"}, true},
      {"a 2>&1", {"a", "2>&1"}, true},
      {"a $HOME `b` *", {"a", "$HOME", "`b`", "*"}, true},
      {"a '|' \"$X\" \\;", {"a", "|", "$X", ";"}, false},
  };
  for (const auto& row : rows) {
    const auto split = split_command_line(row.text);
    ASSERT_TRUE(split) << row.text << ": " << split.error();
    EXPECT_EQ(split->words, row.words) << row.text;
    EXPECT_EQ(!split->warning.empty(), row.warned) << row.text << ": " << split->warning;
  }
}

TEST(CommandLine, Errors) {
  using namespace std::string_view_literals;
  for (const auto text :
       {""sv, "   "sv, "'' a"sv, "a 'b"sv, "a \"b"sv, "a \"b\\\""sv, "a\\"sv, "a\0b"sv, "a 'x\0'"sv}) {
    EXPECT_FALSE(split_command_line(text)) << text;
  }
}

}  // namespace
}  // namespace p3scan::scan
