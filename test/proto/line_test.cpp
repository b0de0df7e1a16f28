// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/line.h"

#include <gtest/gtest.h>

#include "support/chunks.h"

namespace p3scan::proto {
namespace {

struct Case {
  const char* name;
  LineEnd end;
  std::string_view wire;
  std::string_view log;  // [line] or [!] for a too long one
  std::string_view rest;
};

using namespace std::string_view_literals;

constexpr std::size_t kLimit = 8;
constexpr Case kCases[] = {
    {"two_lines", LineEnd::crlf, "ab\r\n\r\n", "[ab][]", ""},
    {"incomplete", LineEnd::crlf, "ab\r\ncd\r", "[ab]", "cd\r"},
    {"bare_lf_is_no_end", LineEnd::crlf, "a\nb\r\n", "[a\nb]", ""},
    {"bare_cr_is_no_end", LineEnd::crlf, "a\r\r\n", "[a\r]", ""},
    {"longest", LineEnd::crlf, "123456\r\n", "[123456]", ""},
    {"too_long", LineEnd::crlf, "1234567\r\nab\r\n", "[!][ab]", ""},
    {"much_too_long", LineEnd::crlf, "1234567890123456\r\nab\r\n", "[!][ab]", ""},
    {"too_long_with_bare_ends", LineEnd::crlf, "1234567\r890\n1234567\r\rx\r\r\nab\r\n", "[!][ab]", ""},
    {"nul", LineEnd::crlf, "a\0b\r\n"sv, "[a\0b]"sv, ""},
    {"lf_ends", LineEnd::crlf_or_lf, "a\nb\r\nc\r\r\n\n", "[a][b][c\r][]", ""},
    {"lf_longest", LineEnd::crlf_or_lf, "1234567\n", "[1234567]", ""},
    {"lf_too_long", LineEnd::crlf_or_lf, "12345678\nab\n", "[!][ab]", ""},
    {"lf_incomplete", LineEnd::crlf_or_lf, "ab\r", "", "ab\r"},
};

class LineReaderTest : public testing::TestWithParam<Case> {};

TEST_P(LineReaderTest, SameLinesForEveryChunking) {
  const auto& row = GetParam();
  for (const auto step : test::kChunkSizes) {
    LineReader reader(row.end, kLimit);
    std::string log;
    const auto rest = test::feed(row.wire, step, [&](std::string_view& view, bool) {
      std::string_view line;
      for (;;) {
        const auto status = reader.next(view, line);
        if (status == LineReader::Status::need_more) break;
        log += status == LineReader::Status::line ? "[" + std::string(line) + "]" : "[!]";
      }
    });
    EXPECT_EQ(log, row.log) << "in chunks of " << step;
    EXPECT_EQ(rest, row.rest) << "in chunks of " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, LineReaderTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(LineReader, SwallowingHoldsNothing) {
  LineReader reader(LineEnd::crlf, kLimit);
  std::string_view line;
  std::string_view view = "12345678901";
  EXPECT_EQ(reader.next(view, line), LineReader::Status::need_more);
  EXPECT_TRUE(view.empty());
}

}  // namespace
}  // namespace p3scan::proto
