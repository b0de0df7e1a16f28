// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/clamav_database.h"

#include <gtest/gtest.h>

namespace p3scan::scan {
namespace {

struct Case {
  const char* name;
  std::string_view head;
  std::string_view version;  // empty: none
  std::string_view date;
};
constexpr Case kCases[] = {
    {"real", "ClamAV-VDB:07 Jan 2026 09-30 +0000:27511:2070000:90:md5:sig:raynman:1736242200   ", "27511",
     "07 Jan 2026 09-30 +0000"},
    {"no_date", "ClamAV-VDB::1:2", "1", ""},
    {"empty", "", "", ""},
    {"other", "PK\x03\x04", "", ""},
    {"cut_in_the_version", "ClamAV-VDB:07 Jan:275", "", ""},
    {"cut_in_the_date", "ClamAV-VDB:07 Jan", "", ""},
    {"no_version", "ClamAV-VDB:07 Jan::2", "", ""},
    {"version_no_number", "ClamAV-VDB:07 Jan:2x:2", "", ""},
    {"version_too_long", "ClamAV-VDB:07 Jan:12345678901:2", "", ""},
    {"date_with_line_end", "ClamAV-VDB:07\r\nJan:1:2", "", ""},
    {"date_too_long", "ClamAV-VDB:0123456789012345678901234567890123456789x:1:2", "", ""},
};

TEST(ClamavDatabase, HeadsAreRead) {
  for (const auto& row : kCases) {
    const auto head = parse_database_head(row.head);
    EXPECT_EQ(head.has_value(), !row.version.empty()) << row.name;
    if (!head) continue;
    EXPECT_EQ(head->version, row.version) << row.name;
    EXPECT_EQ(head->date, row.date) << row.name;
  }
}

}  // namespace
}  // namespace p3scan::scan
