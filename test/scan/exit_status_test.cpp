// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/exit_status.h"

#include <gtest/gtest.h>

#include <vector>

namespace p3scan::scan {
namespace {

TEST(ExitStatus, InTheOldOrder) {
  struct Row {
    ScannerExit exit;
    std::vector<int> virus;
    std::vector<int> good;
    std::string_view kind;
    std::vector<int> unscannable = {};
  };
  const Row rows[] = {
      {{0, 0}, {1}, {}, "clean"},         {{0, 1}, {1}, {}, "infected"},
      {{0, 2}, {1}, {}, "failed"},        {{0, 2}, {1}, {2}, "clean"},
      {{0, 2}, {1, 2}, {2}, "infected"},  {{0, 0}, {0}, {0}, "infected"},
      {{9, 0}, {1}, {0}, "failed"},       {{9, 1}, {1}, {}, "failed"},
      {{0, 255}, {}, {}, "failed"},       {{0, 9}, {1}, {}, "unscannable", {9}},
      {{0, 9}, {9}, {}, "infected", {9}}, {{0, 9}, {1}, {9}, "clean", {9}},
      {{9, 9}, {1}, {}, "failed", {9}},   {{0, 0}, {1}, {}, "clean", {0}},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(kind_name(verdict_of_exit(row.exit, {row.virus, row.good, row.unscannable}, "basic", "Eicar")), row.kind)
        << row.exit.signal << " " << row.exit.code;
  }
}

TEST(ExitStatus, NameAndReasons) {
  const std::vector<int> virus = {1};
  EXPECT_EQ(verdict_of_exit({0, 1}, {virus, {}, {}}, "basic", "A & B"), (Verdict{Infected{"A & B", "basic"}}));
  EXPECT_EQ(verdict_of_exit({0, 1}, {virus, {}, {}}, "basic", ""), (Verdict{Infected{std::string(kUnnamedVirus), "basic"}}));
  EXPECT_EQ(std::get<Failed>(verdict_of_exit({0, 7}, {virus, {}, {}}, "basic", "A")).reason,
            "basic: Your scanner returned neither 0, a viruscode, nor a good viruscode, but 7");
  EXPECT_EQ(std::get<Failed>(verdict_of_exit({11, 0}, {virus, {}, {}}, "basic", "A")).reason,
            "basic: Scanner returned abnormal signal (11)");
}

}  // namespace
}  // namespace p3scan::scan
