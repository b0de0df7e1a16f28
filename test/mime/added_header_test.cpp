// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/added_header.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mime/header.h"

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;

TEST(AddedHeader, NamesTheVersion) {
  EXPECT_EQ(clean_header(false, "\r\n"), "X-P3Scan: Version " P3SCAN_VERSION " by P3Scan\r\n");
  EXPECT_EQ(clean_header(true, "\n"), "X-P3Scan: v" P3SCAN_VERSION " by P3Scan. No outbound virus detected.\n");
}

TEST(AddedHeader, SaysWhyNothingWasScanned) {
  EXPECT_EQ(marked_header("encrypted: Zip", "\r\n"), "X-P3Scan: Not scanned: encrypted: Zip\r\n");
  EXPECT_EQ(marked_header("", "\n"), "X-P3Scan: Not scanned: no reason known\n");
  EXPECT_EQ(marked_header(" \r\n ", "\n"), "X-P3Scan: Not scanned: no reason known\n");
}

TEST(AddedHeader, HostileReasonsStayOneField) {
  const std::string_view kReasons[] = {
      "a\r\nBcc: evil\r\n\r\nbody", "a\nb", "a\rb", "a\0b"sv, "\xc3\xa4\xff", "a\n\n\n b", "a\x7f\x1b[1m"};
  for (const auto reason : kReasons) {
    const auto text = marked_header(reason, "\r\n");
    EXPECT_EQ(text.find("\r\n"), text.size() - 2) << text;
    EXPECT_TRUE(std::ranges::all_of(text.substr(0, text.size() - 2), [](char c) { return c >= 0x20 && c <= 0x7e; }));
  }
  EXPECT_EQ(marked_header("a\r\nBcc: x\xff", "\r\n"), "X-P3Scan: Not scanned: a Bcc: x?\r\n");
}

TEST(AddedHeader, LongReasonsAreFoldedAndCut) {
  for (const auto& reason : {std::string(5000, 'x'), std::string(100, 'y') + " " + std::string(100, 'z'), [] {
                               std::string s;
                               for (int i = 0; i < 999; ++i) s += "word ";
                               return s;
                             }()}) {
    for (const auto ending : {"\r\n"sv, "\n"sv}) {
      const auto text = marked_header(reason, ending);
      EXPECT_LE(text.size(), 500U);
      Fields fields(text);
      const auto field = fields.next();
      ASSERT_TRUE(field);
      EXPECT_EQ(field->length, text.size());
      for (std::string_view rest = text; !rest.empty();) {
        const auto line = rest.substr(0, rest.find(ending) + ending.size());
        EXPECT_LE(line.size(), 78U);
        EXPECT_GT(line.find_last_not_of(" \r\n"), 0U) << "a line of blanks";
        rest.remove_prefix(line.size());
      }
    }
  }
}

struct InfoCase {
  const char* name;
  std::string_view info;
  std::string_view headers;
};
constexpr InfoCase kInfo[] = {
    {"none", "", ""},
    {"blank", " \r\n\t\n", ""},
    {"one", "ClamAV 1.4.3/27500/Mon Nov 24", "X-P3Scan: ClamAV 1.4.3/27500/Mon Nov 24\r\n"},
    {"several", "one\r\n\r\n two \nthree\rfour",
     "X-P3Scan: one\r\nX-P3Scan: two\r\nX-P3Scan: three\r\nX-P3Scan: four\r\n"},
    {"hostile", "a\r\n\r\nBcc: x\xff\0\x1b"sv, "X-P3Scan: a\r\nX-P3Scan: Bcc: x???\r\n"},
};
TEST(AddedHeader, TellsAboutTheScanners) {
  for (const auto& row : kInfo) EXPECT_EQ(info_headers(row.info, "\r\n"), row.headers) << row.name;
  std::string many;
  for (int i = 0; i < 99; ++i) many += std::string(5000, 'x') + "\n";
  const auto headers = info_headers(many, "\n");
  EXPECT_EQ(count_fields(headers, "X-P3Scan"), 10U);
  EXPECT_LE(headers.size(), 2500U);
}

}  // namespace
}  // namespace p3scan::mime
