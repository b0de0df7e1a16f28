// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/virus_regexp.h"

#include <gtest/gtest.h>

namespace p3scan::scan {
namespace {

TEST(VirusRegexp, Names) {
  struct Row {
    std::string pattern;
    int part;
    std::string_view output;
    std::string_view names;
  };
  const Row rows[] = {
      {".*: (.*) FOUND", 1, "/x/p3scan.AbCdEf: Eicar FOUND\n", "Eicar"},
      {".*: (.*) FOUND", 1, "a: One FOUND\r\nclean\nb: Two FOUND", "One & Two"},
      {".*: (.*) FOUND", 1, "nothing\n", ""},
      {".*: (.*) FOUND", 1, "", ""},
      {"a(x)?b", 1, "ab\n", ""},
      {"(a)|(b)", 2, "a\nb\n", "b"},
      {"Virus: .*$", 0, "Virus: X\n", "Virus: X"},
      {"Virus: (.*)", 1, "Virus: X\n", ""},  // ungreedy: nothing is enough
      {"Virus: (.*)$", 1, "Virus: X\x01Y\n", "X?Y"},
  };
  for (const auto& row : rows) {
    const auto regexp = VirusRegexp::compile(row.pattern, row.part);
    ASSERT_TRUE(regexp) << row.pattern;
    EXPECT_EQ(regexp->names(row.output), row.names) << row.pattern;
  }
}

TEST(VirusRegexp, BadExpressions) {
  for (const auto& [pattern, part] :
       {std::pair{"(", 0}, std::pair{"a", 1}, std::pair{"(a)", 2}, std::pair{"(a)", -1}}) {
    EXPECT_FALSE(VirusRegexp::compile(pattern, part)) << pattern << part;
  }
}

TEST(VirusRegexp, NamesAreBounded) {
  const auto regexp = VirusRegexp::compile("^(.*)$", 1);
  ASSERT_TRUE(regexp);
  std::string output;
  for (int i = 0; i < 1000; ++i) output += "name" + std::to_string(i) + "\n";
  const auto names = regexp->names(output);
  EXPECT_LE(names.size(), VirusRegexp::kNamesMax);
  EXPECT_GT(names.size(), VirusRegexp::kNamesMax - 20);
  EXPECT_EQ(regexp->names(std::string(100'000, 'x')), "");
}

TEST(VirusRegexp, EvilExpressionEnds) {
  const auto regexp = VirusRegexp::compile("^((a+)+)+$", 1);
  ASSERT_TRUE(regexp);
  EXPECT_EQ(regexp->names(std::string(4000, 'a') + "b\n"), "");
}

}  // namespace
}  // namespace p3scan::scan
