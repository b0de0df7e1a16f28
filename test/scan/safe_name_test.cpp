// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/safe_name.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace p3scan::scan {
namespace {

TEST(SafeName, Rows) {
  struct Row {
    std::string name;
    std::size_t number;
    std::string_view expected;
  };
  using namespace std::string_literals;
  const Row rows[] = {
      {"invoice.pdf.exe", 7, "0007_invoice.pdf.exe"},
      {"", 0, "0000_"},
      {".", 1, "0001_."},
      {"..", 1, "0001_._"},
      {"../../etc/passwd", 1, "0001_._/._/etc/passwd"},
      {"a/b\\c", 1, "0001_a_b_c"},
      {"-rf", 1, "0001_-rf"},
      {"a\0b\nc\x7f d'\"$"s, 1, "0001_a_b_c__d___"},
      {"caf\xc3\xa9.exe", 1, "0001_caf__.exe"},
      {"x", 12345, "12345_x"},
      {std::string(300, 'x') + ".exe", 1, ""},
  };
  for (const auto& row : rows) {
    auto expected = std::string(row.expected);
    std::ranges::replace(expected, '/', '_');
    if (expected.empty()) expected = "0001_" + std::string(91, 'x') + ".exe";
    EXPECT_EQ(safe_name(row.name, row.number), expected) << row.name;
  }
}

TEST(SafeName, WhateverAMailSays) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.append(2, static_cast<char>(c));
  for (std::size_t at = 0; at < all.size(); ++at) {
    const auto name = safe_name(all.substr(at), 3);
    EXPECT_LE(name.size(), 100U);
    EXPECT_EQ(name.find("/"), std::string::npos);
    EXPECT_EQ(name.find(".."), std::string::npos);
    EXPECT_TRUE(name.starts_with("0003_"));
    EXPECT_TRUE(std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f; }));
  }
}

}  // namespace
}  // namespace p3scan::scan
