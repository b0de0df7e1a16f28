// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "config/text.h"
#include "loading.h"

namespace p3scan::config {
namespace {

struct Case {
  const char* name;
  Words words;
  std::string_view file;
  std::string_view scanners;  // "type<target><target> type..."
};

const Case kCases[] = {
    {"default", {}, "", "libclamav"},
    {"libclamav", {}, "scannertype = libclamav\n", "libclamav"},
    {"name_of_3_0", {}, "scannertype = clamav\n", "libclamav"},
    {"any_case", {}, "scannertype = ClamD\n", "clamd<127.0.0.1:3310>"},
    {"clamd_default_target", {}, "scannertype = clamd\n", "clamd<127.0.0.1:3310>"},
    {"clamd_list",
     {},
     "scannertype = clamd\nscanner = 192.0.2.1:3310, [2001:db8::1]:3310 /run/clamd.sock\n",
     "clamd<192.0.2.1:3310><[2001:db8::1]:3310></run/clamd.sock>"},
    {"clamd_repeated", {}, "scannertype = clamd\nscanner = a:1\nscanner = b:2\nscanner = a:1\n", "clamd<a:1><b:2>"},
    {"basic",
     {},
     "scannertype = basic\nscanner = /usr/bin/clamdscan --no-summary, -i\n",
     "basic</usr/bin/clamdscan --no-summary, -i>"},
    {"scanner_alone_is_basic", {}, "scanner = /usr/bin/scan\n", "basic</usr/bin/scan>"},
    {"scanner_before_its_type", {}, "scanner = a:1\nscannertype = clamd\n", "clamd<a:1>"},
    {"several",
     {},
     "scannertype = clamd\nscanner = a:1\nscannertype = basic\nscanner = /s\nscannertype = libclamav\n",
     "clamd<a:1> basic</s> libclamav"},
    {"two_of_a_kind",
     {},
     "scannertype = basic\nscanner = /s\nscannertype = basic\nscanner = /t\n",
     "basic</s> basic</t>"},
    {"command_line_replaces", {"-T", "clamd", "-s", "b:2"}, "scannertype = basic\nscanner = /s\n", "clamd<b:2>"},
    {"command_line_target_only", {"-s", "b:2"}, "scannertype = clamd\nscanner = a:1\n", "clamd<b:2>"},
    {"command_line_target_only_no_file", {"-s", "/s"}, "", "basic</s>"},
    {"command_line_type_only", {"-T", "clamd"}, "scanner = a:1\n", "clamd<a:1>"},
    {"command_line_embedded", {"-T", "libclamav"}, "scannertype = clamd\nscanner = a:1\n", "libclamav"},
    {"command_line_type_over_several",
     {"-T", "clamd"},
     "scannertype = clamd\nscanner = a:1\nscannertype = basic\nscanner = /s\n",
     "clamd<127.0.0.1:3310>"},
};

class Scanners : public testing::TestWithParam<Case> {};
TEST_P(Scanners, AreGrouped) {
  const auto loaded = load_both(GetParam().words, GetParam().file);
  ASSERT_TRUE(loaded) << errors_of(loaded);
  std::string shown;
  for (const auto& scanner : loaded->scanners) {
    shown.append(shown.empty() ? "" : " ").append(name_of(scanner.type));
    for (const auto& target : scanner.targets) shown.append("<").append(target).append(">");
  }
  EXPECT_EQ(shown, GetParam().scanners);
}
INSTANTIATE_TEST_SUITE_P(Table, Scanners, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

struct WrongCase {
  const char* name;
  Words words;
  std::string_view file;
  std::string_view begins;  // of the only message
};

const WrongCase kWrong[] = {
    {"unknown", {}, "scannertype = foo\n", "\t[configfile] p3scan.conf:1: 'scannertype': 'foo' is not supported"},
    {"basic_without_command", {}, "\nscannertype = basic\n", "\t[configfile] p3scan.conf:2: 'scannertype' basic needs"},
    {"basic_with_two",
     {},
     "scannertype = basic\nscanner = /s\nscanner = /t\n",
     "\t[configfile] p3scan.conf:3: 'scanner': a basic scanner has one command"},
    {"clamd_without_port",
     {},
     "scannertype = clamd\nscanner = 192.0.2.1\n",
     "\t[configfile] p3scan.conf:2: 'scanner': '192.0.2.1' isn't where a clamd listens"},
    {"order",
     {},
     "scanner = a:1\nscannertype = clamd\nscannertype = basic\nscanner = /s\n",
     "\t[configfile] p3scan.conf:1: 'scanner' stands before the first"},
    {"twice_the_same",
     {},
     "scannertype = libclamav\nscannertype = clamav\n",
     "\t[configfile] p3scan.conf:2: 'scannertype': this scanner is given twice"},
    {"command_line_target_over_several",
     {"-s", "b:2"},
     "scannertype = clamd\nscannertype = libclamav\n",
     "\t[cmdlineparm] 'scanner': the configuration file has several scanners"},
};

class WrongScanners : public testing::TestWithParam<WrongCase> {};
TEST_P(WrongScanners, AreRefused) {
  const auto loaded = load_both(GetParam().words, GetParam().file);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 1U) << errors_of(loaded);
  EXPECT_EQ(loaded.error().front().substr(0, GetParam().begins.size()), GetParam().begins);
}
INSTANTIATE_TEST_SUITE_P(Table, WrongScanners, testing::ValuesIn(kWrong),
                         [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace p3scan::config
