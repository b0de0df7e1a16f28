// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "html/snippets.h"

namespace p3scan::html {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSteps[] = {1, 2, 3, 7};

/// Hundreds of rows, each of them fast: one test for all.
const std::vector<Snippet>& snippets() {
  static const auto rows = read_snippets(P3SCAN_SNIPPETS);
  return rows;
}

TEST(Snippets, AreRead) { EXPECT_GT(snippets().size(), 500U); }

TEST(Snippets, BecomeWhatIsExpected) {
  for (const auto& row : snippets()) {
    const auto cleaned = clean(row.text, row.way);
    if (row.only_harmless) {
      EXPECT_NE(cleaned, row.text) << row.name;  // that it is harmless is said by another parser: html_oracle.py
    } else {
      EXPECT_EQ(cleaned, row.expected) << row.name;
    }
  }
}

TEST(Snippets, BecomeTheSameInPieces) {
  for (const auto& row : snippets()) {
    const auto cleaned = clean(row.text, row.way);
    for (const auto step : kSteps) EXPECT_EQ(clean(row.text, row.way, step), cleaned) << row.name << ' ' << step;
  }
}

TEST(Snippets, AreNotCleanedTwice) {
  for (const auto& row : snippets()) {
    const auto cleaned = clean(row.text, row.way);
    EXPECT_EQ(clean(cleaned, row.way), cleaned) << row.name;
  }
}

/// A text that ends anywhere, and one that begins anywhere.
TEST(Snippets, AreNotCleanedTwiceInAnyPart) {
  constexpr std::size_t kShort = 200;
  for (const auto& row : snippets()) {
    for (std::size_t at = 0; at < row.text.size() && row.text.size() <= kShort; ++at) {
      const auto head = clean(row.text.substr(0, at), row.way);
      EXPECT_EQ(clean(head, row.way), head) << row.name << ' ' << at;
      const auto tail = clean(row.text.substr(at), row.way);
      EXPECT_EQ(clean(tail, row.way), tail) << row.name << ' ' << at;
    }
  }
}

/// Steps for a text of about `size` octets made of `unit`.
std::uint64_t work(std::string_view unit, std::size_t size, Way way) {
  Cleaner cleaner(way.mode, way.syntax);
  class : public Edits {
    void replace(std::uint64_t /*offset*/, std::uint64_t /*length*/, std::string_view /*text*/) override {}
  } edits;
  std::string piece;
  constexpr std::size_t kPiece = 4096;
  while (piece.size() < kPiece) piece += unit;
  for (std::size_t fed = 0; fed < size; fed += piece.size()) {
    cleaner.feed(piece, edits);
    EXPECT_LE(cleaner.settled(), fed + piece.size());
    EXPECT_GE(cleaner.settled() + Cleaner::kLookBack, fed + piece.size());
  }
  cleaner.finish(edits);
  return cleaner.work();
}

TEST(CleanerWork, IsLinear) {
  constexpr std::string_view kUnits[] = {"<div>",
                                         "<",
                                         "<a ",
                                         "<a b=\"",
                                         "<!--",
                                         "-->",
                                         "<style>",
                                         "<script>",
                                         "&#0",
                                         "&",
                                         "\\",
                                         "\\7",
                                         "url(",
                                         "url(cid",
                                         "@import",
                                         "image-set(",
                                         "<svg>",
                                         "</style>",
                                         "\0\0\0"sv,
                                         "s\0rc"sv,
                                         "<img src=\"",
                                         "<img src",
                                         "<meta content=",
                                         "a=b ",
                                         "'\"`",
                                         "]]>",
                                         "<img src=http://e/x>",
                                         "<p style=\"a:url(x)\">",
                                         "<p style='&#0",
                                         "<![CDATA[u",
                                         "onclick=x "};
  constexpr std::size_t kSize = std::size_t{1} << 14;
  for (const auto syntax : {Syntax::html, Syntax::xhtml, Syntax::svg, Syntax::css}) {
    for (const auto unit : kUnits) {
      for (const std::string_view before : {"", "<style>", "<a b='"}) {
        const auto text = std::string(before) + std::string(unit);
        const auto once = work(text, kSize, {Mode::strict, syntax});
        EXPECT_LE(once, 16 * kSize) << unit;
        EXPECT_LE(work(text, 4 * kSize, {Mode::strict, syntax}), 5 * once) << unit;
      }
    }
  }
}

TEST(Cleaner, CountsWhatItChanged) {
  Cleaner cleaner(Mode::webbugs, Syntax::html);
  constexpr std::string_view kText = "<img src=http://e/x><p style='a:url(http://e/x)'><img src=cid:a>";
  Applied edits(kText);
  cleaner.feed(kText, edits);
  cleaner.finish(edits);
  EXPECT_EQ(cleaner.places(), 2U);
}

}  // namespace
}  // namespace p3scan::html
