// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "attach/name_rule.h"

namespace p3scan::attach {
namespace {

using namespace std::string_literals;

TEST(HarmlessName, KeepsWhatIsLegible) {
  const std::vector<std::pair<std::string, std::string>> names = {
      {"x.exe", "x.exe.bad"},
      {"invoice.pdf.exe", "invoice.pdf.exe.bad"},
      {"x.exe. . ", "x.exe.bad"},
      {"C:\\dir\\x.exe", "x.exe.bad"},
      {"../../etc/x.exe/", "x.exe.bad"},
      {"x.exe\0.txt"s, "x.exe.txt.bad"},
      {"x.exe::$DATA", "x.exe__$DATA.bad"},
      {"x%2eexe", "x_2eexe.bad"},
      {"x\r\nBcc: y.exe", "xBcc_ y.exe.bad"},
      {"a      b.exe", "a b.exe.bad"},
      {"a\xE2\x80\xAEtxt.exe", "atxt.exe.bad"},
      {"r\xC3\xA9sum\xC3\xA9.exe", "r\xC3\xA9sum\xC3\xA9.exe.bad"},
      {"r\xE9sum\xE9.exe", "r_sum_.exe.bad"},
      {"-rf.exe", "rf.exe.bad"},
      {".exe", "exe.bad"},
      {"", "attachment.bad"},
      {"/", "attachment.bad"},
      {"\xE2\x80\xAE", "attachment.bad"},
      {std::string(300, 'a') + ".exe", std::string(116, 'a') + ".exe.bad"},
  };
  for (const auto& [name, expected] : names) EXPECT_EQ(harmless_name(name), expected) << testing::PrintToString(name);
}

}  // namespace
}  // namespace p3scan::attach
