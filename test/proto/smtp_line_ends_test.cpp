// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <string>

#include "proto/smtp/line_ends.h"
#include "support/chunks.h"

namespace p3scan::proto::smtp {
namespace {

using namespace std::string_view_literals;

struct Case {
  const char* name;
  std::string_view text;
  std::string_view normalized;
  bool plain = false;  // acceptable with reject
  bool passes = true;  // acceptable with pass
};

constexpr Case kCases[] = {
    {"empty", "", "", true},
    {"plain", "a\r\nb\r\n", "a\r\nb\r\n", true},
    {"no_end", "a\r\nb", "a\r\nb", true},
    {"empty_lines", "\r\n\r\n\r\n", "\r\n\r\n\r\n", true},
    {"dots", ".\r\n..\r\n.a\r\n", ".\r\n..\r\n.a\r\n", true},
    {"eight_bit_and_nul", "a\0b\xff\r\nc\0\r\n"sv, "a\0b\xff\r\nc\0\r\n"sv, true},
    {"nul_lines", "\0\r\n\0\0a\r\n\0"sv, "\0\r\n\0\0a\r\n\0"sv, true},
    {"lf", "a\nb\n", "a\r\nb\r\n"},
    {"lf_alone", "\n", "\r\n"},
    {"lf_lf", "a\n\nb", "a\r\n\r\nb"},
    {"cr", "a\rb", "a\r\nb"},
    {"cr_at_end", "a\r", "a\r\n"},
    {"cr_cr", "a\r\rb", "a\r\n\r\nb"},
    {"cr_crlf", "a\r\r\nb", "a\r\n\r\nb"},
    {"crlf_cr", "a\r\n\rb", "a\r\n\r\nb"},
    {"lf_cr", "a\n\rb", "a\r\n\r\nb"},
    {"crlf_lf", "a\r\n\nb", "a\r\n\r\nb"},
    {"lf_dotted_text", "a\n.b\n", "a\r\n.b\r\n"},
    {"lf_two_dots", "a\n..\nb", "a\r\n..\r\nb"},
    {"lf_dot_lf", "a\n.\nb\r\n", "a\r\n.\r\nb\r\n", false, false},
    {"lf_dot_crlf", "a\n.\r\nb\r\n", "a\r\n.\r\nb\r\n", false, false},
    {"lf_dot_cr", "a\n.\rb\r\n", "a\r\n.\r\nb\r\n", false, false},
    {"cr_dot_cr", "a\r.\rb\r\n", "a\r\n.\r\nb\r\n", false, false},
    {"cr_dot_lf", "a\r.\nb\r\n", "a\r\n.\r\nb\r\n", false, false},
    {"cr_dot_crlf", "a\r.\r\nb\r\n", "a\r\n.\r\nb\r\n", false, false},
    {"crlf_dot_cr", "a\r\n.\rb\r\n", "a\r\n.\r\nb\r\n"},
    {"crlf_dot_lf", "a\r\n.\nb\r\n", "a\r\n.\r\nb\r\n"},
    {"crlf_dot_cr_crlf", "a\r\n.\r\r\nb\r\n", "a\r\n.\r\n\r\nb\r\n"},
    {"cr_crlf_dot_cr_crlf", "a\r\r\n.\r\r\nb\r\n", "a\r\n\r\n.\r\n\r\nb\r\n"},
    {"lf_dot_at_end", "a\n.", "a\r\n.", false, false},
    {"nul_dot", "a\r\n\0.\r\nb\r\n"sv, "a\r\n.\r\nb\r\n"sv, false, false},
    {"nul_dot_first", "\0.\r\nb\r\n"sv, ".\r\nb\r\n"sv, false, false},
    {"nuls_dot_nuls", "a\r\n\0\0.\0\0\r\nb\r\n"sv, "a\r\n.\0\0\r\nb\r\n"sv, false, false},
    {"dot_nul_is_protected", "a\r\n.\0\r\nb\r\n"sv, "a\r\n.\0\r\nb\r\n"sv, true},
    {"nul_dot_text", "a\r\n\0.b\r\n"sv, "a\r\n.b\r\n"sv, true},
    {"nul_in_crlf", "a\r\0\n.\r\nb"sv, "a\r\n\0\r\n.\r\nb"sv, false, false},
    {"nul_after_lf", "a\n\0.\0\nb"sv, "a\r\n.\0\r\nb"sv, false, false},
    {"lf_nul_text", "a\n\0b\n"sv, "a\r\n\0b\r\n"sv},
};

/// What comes out, or "refused".
std::string run(BareLf mode, Transport transport, std::string_view text, std::size_t step) {
  LineEnds filter(mode, transport);
  std::string result;
  bool good = true;
  test::feed(text, step, [&](std::string_view& view, bool last) {
    std::vector<std::string_view> out;
    good = good && filter.add(view, out);
    if (last) good = good && filter.finish(out);
    for (const auto piece : out) {
      EXPECT_FALSE(piece.empty());
      result += piece;
    }
    view = {};
  });
  return good ? result : "refused";
}

class SmtpLineEndsTest : public testing::TestWithParam<Case> {};

TEST_P(SmtpLineEndsTest, NormalizeMakesOneKindOfLine) {
  const auto& row = GetParam();
  for (const auto step : test::kChunkSizes) {
    EXPECT_EQ(run(BareLf::normalize, Transport::dotted, row.text, step), row.normalized) << step;
    EXPECT_EQ(run(BareLf::normalize, Transport::dotted, row.normalized, step), row.normalized) << step;
    EXPECT_NE(run(BareLf::reject, Transport::dotted, row.normalized, step), "refused") << step;
  }
}

TEST_P(SmtpLineEndsTest, RejectAndPassChangeNothing) {
  const auto& row = GetParam();
  for (const auto step : test::kChunkSizes) {
    EXPECT_EQ(run(BareLf::reject, Transport::dotted, row.text, step), row.plain ? row.text : "refused") << step;
    EXPECT_EQ(run(BareLf::pass, Transport::dotted, row.text, step), row.passes ? row.text : "refused") << step;
    EXPECT_EQ(run(BareLf::pass, Transport::counted, row.text, step), row.text) << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, SmtpLineEndsTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(SmtpLineEnds, CountedTextKeepsItsNuls) {
  EXPECT_EQ(run(BareLf::normalize, Transport::counted, "\0.\n"sv, 1), "\0.\r\n"sv);
  EXPECT_EQ(run(BareLf::reject, Transport::counted, "a\r\n\0.\r\n"sv, 1), "a\r\n\0.\r\n"sv);
  EXPECT_EQ(run(BareLf::reject, Transport::counted, "a\nb", 1), "refused");
  EXPECT_EQ(run(BareLf::reject, Transport::counted, "a\r", 1), "refused");
}

TEST(SmtpLineEnds, PlainTextStaysInOnePiece) {
  LineEnds filter(BareLf::normalize, Transport::dotted);
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a line of text\r\n";
  std::vector<std::string_view> out;
  EXPECT_TRUE(filter.add(text, out));
  EXPECT_EQ(out.size(), 1U);
}

TEST(SmtpLineEnds, ManyNulsNeedLittle) {
  LineEnds filter(BareLf::normalize, Transport::dotted);
  const std::string text(1 << 20, '\0');
  std::vector<std::string_view> out;
  EXPECT_TRUE(filter.add(text, out));
  EXPECT_TRUE(out.empty());
  EXPECT_TRUE(filter.add("x", out));
  std::size_t octets = 0;
  for (const auto piece : out) octets += piece.size();
  EXPECT_EQ(octets, text.size() + 1);
}

}  // namespace
}  // namespace p3scan::proto::smtp
