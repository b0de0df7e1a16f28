// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/dot.h"

#include <gtest/gtest.h>

#include <string>

#include "support/chunks.h"

namespace p3scan::proto {
namespace {

using namespace std::string_view_literals;

struct Case {
  const char* name;
  std::string_view wire;
  std::string_view content;
  std::vector<std::uint64_t> lone_dots;
  bool ended = true;
  std::string_view rest = {};
};

const Case kCases[] = {
    {"plain", "a\r\nb\r\n.\r\n", "a\r\nb\r\n", {}},
    {"empty", ".\r\n", "", {}},
    {"empty_line", "\r\n.\r\n", "\r\n", {}},
    {"next_is_left", "a\r\n.\r\n+OK\r\n", "a\r\n", {}, true, "+OK\r\n"},
    {"doubled", "..a\r\n..\r\n...\r\n.\r\n", ".a\r\n.\r\n..\r\n", {}},
    {"lone", ".a\r\nb\r\n.c\r\n.\r\n", "a\r\nb\r\nc\r\n", {0, 6}},
    {"lone_before_cr", "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n", {3}},
    {"lone_before_two_cr", "a\r\n.\r\r\n.\r\n", "a\r\n\r\r\n", {3}},
    {"lone_before_cr_dot", "a\r\n.\r.\r\n.\r\n", "a\r\n\r.\r\n", {3}},
    {"lone_before_lf", "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n", {3}},
    {"lf_dot_crlf_is_data", "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n", {}},
    {"lf_dot_lf_is_data", "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n", {}},
    {"cr_dot_cr_is_data", "a\r.\rb\r\n.\r\n", "a\r.\rb\r\n", {}},
    {"cr_dot_crlf_is_data", "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n", {}},
    {"lf_at_start", "\n.\r\n\r\n.\r\n", "\n.\r\n\r\n", {}},
    {"nul", "\0\r\n.\0\r\n.\r\n"sv, "\0\r\n\0\r\n"sv, {3}},
    {"nul_before_lf", "a\r\0\n.\r\n.\r\n"sv, "a\r\0\n.\r\n"sv, {}},
    {"dots_inside", "a.b\r\nc..\r\n.\r\n", "a.b\r\nc..\r\n", {}},
    {"cut_in_text", "a\r\nb", "a\r\nb", {}, false},
    {"cut_in_terminator", "a\r\n.\r", "a\r\n", {}, false},
    {"cut_after_dot", "a\r\n.", "a\r\n", {}, false},
    {"cut_before_dot", "a\r\n", "a\r\n", {}, false},
};

class DotReaderTest : public testing::TestWithParam<Case> {};

std::string join(const std::vector<std::string_view>& pieces) {
  std::string text;
  for (const auto piece : pieces) {
    EXPECT_FALSE(piece.empty());
    text += piece;
  }
  return text;
}

TEST_P(DotReaderTest, SameContentForEveryChunking) {
  const auto& row = GetParam();
  for (const auto step : test::kChunkSizes) {
    DotReader reader;
    std::string content;
    std::vector<std::uint64_t> lone_dots;
    bool ended = false;
    const auto rest = test::feed(row.wire, step, [&](std::string_view& view, bool) {
      if (ended) return;
      std::vector<std::string_view> pieces;
      ended = reader.read(view, pieces, lone_dots);
      content += join(pieces);
      EXPECT_TRUE(ended || view.empty());
      if (!ended) EXPECT_EQ(reader.octets(), content.size());
    });
    EXPECT_EQ(content, row.content) << "in chunks of " << step;
    EXPECT_EQ(lone_dots, row.lone_dots) << "in chunks of " << step;
    EXPECT_EQ(ended, row.ended) << "in chunks of " << step;
    EXPECT_EQ(rest, row.rest) << "in chunks of " << step;
  }
}

TEST_P(DotReaderTest, WriterRestoresTheWire) {
  const auto& row = GetParam();
  if (!row.ended) return;
  const auto wire = row.wire.substr(0, row.wire.size() - row.rest.size());
  for (const auto step : test::kChunkSizes) {
    DotWriter writer;
    std::string written;
    for (std::size_t at = 0; at < row.content.size(); at += step) {
      std::vector<std::string_view> pieces;
      writer.write(row.content.substr(at, step), pieces, row.lone_dots, at);
      written += join(pieces);
    }
    EXPECT_EQ(written + std::string(writer.terminator()), wire) << "in chunks of " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, DotReaderTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(DotReader, ManyLinesAreOnePiece) {
  std::string wire;
  for (int i = 0; i < 1000; ++i) wire += "some text with a . in it\r\n";
  wire += ".\r\n";
  DotReader reader;
  std::vector<std::string_view> pieces;
  std::vector<std::uint64_t> lone_dots;
  std::string_view view = wire;
  EXPECT_TRUE(reader.read(view, pieces, lone_dots));
  EXPECT_EQ(pieces.size(), 1U);
}

TEST(DotReader, ReadsOneMessageAfterTheOther) {
  DotReader reader;
  std::vector<std::string_view> pieces;
  std::vector<std::uint64_t> lone_dots;
  std::string_view view = "a\r\n.\r\n.b\r\n.\r\n";
  EXPECT_TRUE(reader.read(view, pieces, lone_dots));
  EXPECT_TRUE(lone_dots.empty());
  EXPECT_TRUE(reader.read(view, pieces, lone_dots));
  EXPECT_EQ(lone_dots, std::vector<std::uint64_t>{0});
  EXPECT_EQ(join(pieces), "a\r\nb\r\n");
}

TEST(DotWriter, EndsALineThatHasNoEnd) {
  DotWriter writer;
  std::vector<std::string_view> pieces;
  writer.write("a", pieces);
  EXPECT_EQ(writer.terminator(), "\r\n.\r\n");
}

}  // namespace
}  // namespace p3scan::proto
