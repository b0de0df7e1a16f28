// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/header_end.h"

#include <gtest/gtest.h>

#include <string>

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;

/// In `message` the bar shows where an added line goes; it is not part of the message.
struct Case {
  const char* name;
  std::string_view message;
  std::string_view ending = "\r\n";
  bool needs_break = false;
};

constexpr Case kCases[] = {
    {"crlf", "A: b\r\nC: d\r\n|\r\nbody\r\n\r\nmore\r\n"},
    {"lf", "A: b\nC: d\n|\nbody\n\n", "\n"},
    {"lf_then_crlf", "A: b\n|\r\nbody\r\n", "\n"},
    {"crlf_then_lf", "A: b\r\n|\nbody\r\n"},
    {"lf_empty_line_comes_first", "A: b\n|\nX: y\r\n\r\nbody\r\n", "\n"},
    {"begins_with_crlf", "|\r\nbody\r\n"},
    {"begins_with_lf", "|\nbody\n", "\n"},
    {"empty", "|"},
    {"header_only", "A: b\r\nC: d\r\n|"},
    {"header_only_lf", "A: b\n|", "\n"},
    {"no_line_end", "A: b\r\nC: d|", "\r\n", true},
    {"no_line_end_lf", "A: b\nC: d|", "\n", true},
    {"no_line_end_folded", "A: b\r\n |", "\r\n", true},
    {"ends_in_cr", "A: b\r|", "\r\n", true},
    {"only_cr_on_the_last_line", "A: b\r\n|\r"},
    {"folded", "A: b\r\n c\r\n\td\r\n|\r\nbody"},
    {"folded_blanks_only", "A: b\r\n \t \r\n c\r\n|\r\nbody"},
    {"bare_cr_inside", "A: b\rc\r\rd\r\n|\r\nbody"},
    {"doubled_cr", "A: b\r\r\nC: d\r\r\n|\r\r\nbody\r\r\n"},
    {"line_of_cr_and_text", "A: b\r\n|\rC: d\r\n\r\nbody"},
    {"nul_in_value", "A: b\0c\r\n|\r\nbody"sv},
    {"eight_bit_value", "A: \xff\xe4\r\n|\r\nbody"},
    {"no_colon", "A: b\r\n|hello\r\nC: d\r\n\r\nbody"},
    {"blank_before_colon", "A: b\r\n|C : d\r\n\r\nbody"},
    {"tab_before_colon", "A: b\r\n|C\t: d\r\n\r\nbody"},
    {"empty_name", "A: b\r\n|: d\r\n\r\nbody"},
    {"eight_bit_name", "A: b\r\n|\xc3\xa4: d\r\n\r\nbody"},
    {"nul_name", "A: b\r\n|\0: d\r\n\r\nbody"sv},
    {"body_only", "|hello world\r\nhow are you\r\n"},
    {"body_only_unfinished", "|hello"},
    {"unfinished_name", "A: b\r\n|Subj"},
    {"mbox", "From me@x Mon Jan 1\r\nA: b\r\n|\r\nbody"},
    {"quoted_mbox", ">From me@x Mon Jan 1\r\nA: b\r\n|\r\nbody"},
    {"not_quite_mbox", "|Fro me\r\nA: b\r\n\r\nbody"},
    {"not_mbox_either", "|FromX me\r\nA: b\r\n\r\nbody"},
    {"short_name", "A:\r\n|\r\n"},
    {"colon_in_value", "A: b: c\r\n|\r\n"},
    {"long_name", "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: b\r\n|\r\n"},
    {"begins_folded", " A\r\nB: c\r\n|\r\nbody"},
};

std::string result(const HeaderEnd& end) {
  if (!end.found()) return "not found";
  return std::to_string(end.offset()) + (end.line_ending() == "\n" ? " LF" : " CRLF") +
         (end.needs_break() ? " break" : "");
}

class HeaderEndTest : public testing::TestWithParam<Case> {};
TEST_P(HeaderEndTest, SamePlaceForEveryChunking) {
  std::string message(GetParam().message);
  const auto offset = message.find('|');
  message.erase(offset, 1);
  const auto expected =
      std::to_string(offset) + (GetParam().ending == "\n" ? " LF" : " CRLF") + (GetParam().needs_break ? " break" : "");
  for (const std::size_t step : {1, 2, 3, 7, 1000}) {
    HeaderEnd end;
    for (std::size_t at = 0; at < message.size(); at += step) end.feed(std::string_view(message).substr(at, step));
    end.finish();
    EXPECT_EQ(result(end), expected) << "step " << step;
  }
}
INSTANTIATE_TEST_SUITE_P(Table, HeaderEndTest, testing::ValuesIn(kCases), [](const auto& c) { return c.param.name; });

TEST(HeaderEnd, LongLinesKeepTheCount) {
  const std::string line = "A: " + std::string(70'000, 'x') + "\r\n";
  HeaderEnd end;
  end.feed(line);
  EXPECT_FALSE(end.found());
  end.feed(" " + line);
  end.feed("\r\n");
  ASSERT_TRUE(end.found());
  EXPECT_EQ(end.offset(), 2 * line.size() + 1);
  end.feed("A: b\r\n\r\n");
  EXPECT_EQ(end.offset(), 2 * line.size() + 1);
}

}  // namespace
}  // namespace p3scan::mime
