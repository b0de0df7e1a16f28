// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "config/given.h"
#include "loading.h"

namespace p3scan::config {
namespace {

struct Case {
  const char* name;
  std::string_view text;
  std::string_view found;  // "LINE:NAME=VALUE" or "LINE:NAME", or "LINE!" for a mistake
};

constexpr Case kCases[] = {
    {"spaces_and_equals", "timeout = 5\n", "1:timeout=5"},
    {"space_only", "timeout 5\n", "1:timeout=5"},
    {"equals_only", "timeout=5\n", "1:timeout=5"},
    {"tabs", "\ttimeout\t=\t5\t\n", "1:timeout=5"},
    {"many_equals", "timeout == = 5\n", "1:timeout=5"},
    {"key_alone", "debug\n", "1:debug"},
    {"value_verbatim", "virusregexp = .*: (.*) = FOUND/1\n", "1:virusregexp=.*: (.*) = FOUND/1"},
    {"no_inline_comment", "notify = gone # really\n", "1:notify=gone # really"},
    {"quotes_are_part", "notify = \"gone\"\n", "1:notify=\"gone\""},
    {"backslash_is_part", "notify = gone\\\ndebug\n", "1:notify=gone\\ 2:debug"},
    {"empty_value", "timeout =\n", "1:timeout="},
    {"no_newline_at_end", "debug\nquiet", "1:debug 2:quiet"},
    {"crlf", "debug\r\nquiet\r\n", "1:debug 2:quiet"},
    {"empty_lines", "\n\r\n   \n\t\t\t\nquiet\n", "5:quiet"},
    {"hash", "# debug\n  #debug\nquiet\n", "3:quiet"},
    {"semicolon", "; debug\nquiet\n", "2:quiet"},
    {"slashes", "// debug\nquiet\n", "2:quiet"},
    {"equals_line", "= debug\n======\nquiet\n", "3:quiet"},
    {"block", "/*\n * debug\n */\nquiet\n", "4:quiet"},
    {"block_in_one_line", "/* debug */\nquiet\n", "2:quiet"},
    {"block_then_option", "/* x */ debug\n", "1:debug"},
    {"two_blocks_in_a_line", "/* x */ /* y */ debug\n", "1:debug"},
    {"block_is_no_end_of_itself", "/*/\ndebug\n*/\nquiet\n", "4:quiet"},
    {"block_without_end", "quiet\n/* x\ndebug\n", "1:quiet 2!"},
    {"no_block_inside_value", "notify = a /* b\nquiet\n", "1:notify=a /* b 2:quiet"},
    {"byte_order_mark",
     "\xef\xbb\xbf"
     "debug\n",
     "1:debug"},
    {"abbreviated", "virusd = /x\n", "1:virusd=/x"},
    {"case_matters", "Timeout = 5\n", "1!"},
    {"dashes_are_not_for_files", "--debug\n", "1!"},
    {"empty_file", "", ""},
};

std::string found_in(std::string_view text) {
  std::string out;
  for (const auto& given : split_file(text)) {
    out += (out.empty() ? "" : " ") + std::to_string(given.line);
    out += given.option == nullptr ? "!" : ":" + given.name;
    if (given.value) out.append("=").append(*given.value);
  }
  return out;
}

class ConfLines : public testing::TestWithParam<Case> {};
TEST_P(ConfLines, SaysWhatIsGiven) { EXPECT_EQ(found_in(GetParam().text), GetParam().found); }
INSTANTIATE_TEST_SUITE_P(Table, ConfLines, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(ConfFile, HasNoLimitOfLines) {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "timeout = " + std::to_string(i % 9999 + 1) + "\n";
  text += "quiet\n";
  const auto loaded = load_file(text);
  ASSERT_TRUE(loaded) << errors_of(loaded);
  EXPECT_TRUE(loaded->quiet);
  EXPECT_EQ(split_file(text).back().line, 10001U);
}

TEST(ConfFile, HasNoLimitOfLineLength) {
  const std::string comment = "#" + std::string(1 << 20, 'x') + "\n";
  std::string networks = "useurlallow =";
  for (int i = 0; i < 9000; ++i) networks += " host" + std::to_string(i) + ".example.net,";
  const auto loaded = load_file(comment + networks + std::string(1 << 20, ' ') + "\nquiet\n");
  ASSERT_TRUE(loaded) << errors_of(loaded);
  EXPECT_EQ(loaded->useurlallow.size(), 9000U);
  EXPECT_TRUE(loaded->quiet);
}

TEST(ConfFile, RefusesOverlongValuesAndNames) {
  EXPECT_NE(
      errors_of(load_file("notify = " + std::string(1 << 20, 'x'))).find("x...' is longer than 900 octets: shorten it"),
      std::string::npos);
  const auto errors = errors_of(load_file(std::string(1 << 20, 'x')));
  EXPECT_NE(errors.find("isn't known"), std::string::npos);
  EXPECT_LT(errors.size(), 300U) << "a message must stay readable";
}

TEST(ConfFile, RefusesControlCharacters) {
  using namespace std::string_view_literals;
  EXPECT_EQ(errors_of(load_file("user = ma\0il\n"sv)),
            "\t[configfile] p3scan.conf:1: 'user' has a control character in its value: remove it\n");
  EXPECT_EQ(errors_of(load_file("\nqu\0iet\n"sv)),
            "\t[configfile] p3scan.conf:2: Option 'qu\\x00iet' isn't known; did you mean 'quiet'?\n");
  EXPECT_NE(errors_of(load_file("quiet\rdebug\n")), "") << "a CR alone ends no line";
  EXPECT_TRUE(load_file("notify = with\ttab\n"));
}

}  // namespace
}  // namespace p3scan::config
