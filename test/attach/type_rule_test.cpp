// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "attach/type_rule.h"

#include <gtest/gtest.h>

#include <array>

namespace p3scan::attach {
namespace {

TEST(TypeRule, MatchesPatterns) {
  struct Row {
    std::string pattern;
    std::string type;
    bool match;
  };
  const std::vector<Row> rows = {
      {"application/x-foo", "application/x-foo", true},
      {"application/x-foo", "APPLICATION/X-FOO", true},
      {" Application/X-Foo ", "application/x-foo", true},
      {"application/x-foo", "application/x-foobar", false},
      {"application/x-foo", "application/x-fo", false},
      {"application/x-foo*", "application/x-foobar", true},
      {"application/x-foo*", "application/x-foo", true},
      {"audio/*", "audio/mpeg", true},
      {"audio/*", "video/mpeg", false},
      {"*/x-foo", "text/x-foo", true},
      {"*/x-foo", "text/x-foo-x", false},
      {"*", "anything/at-all", true},
      {"*", "", true},
      {"a*b*c", "a/xbybxc", true},
      {"a*b*c", "a/xbyb", false},
      {"a**c", "a/c", true},
      {"text/x+y", "text/x+y", true},
      {"text/x.y", "text/x-y", false},
      {"*a*a*a*a*a*a*a*b", std::string(200, 'a'), false},
  };
  for (const auto& row : rows) {
    const std::array<std::string, 1> patterns = {row.pattern};
    EXPECT_EQ(TypeRule(patterns).match(row.type).has_value(), row.match) << row.pattern << " / " << row.type;
  }
}

TEST(TypeRule, HasABuiltInList) {
  const TypeRule rule;
  EXPECT_EQ(rule.match("Application/X-MSDownload"), "application/x-msdownload");
  EXPECT_TRUE(rule.match("message/partial"));
  for (const auto* harmless : {"text/plain", "text/html", "application/octet-stream", "application/pdf", "image/png",
                               "application/zip", "message/rfc822", "application/msword", "text/javascript"}) {
    EXPECT_FALSE(rule.match(harmless)) << harmless;
  }
}

}  // namespace
}  // namespace p3scan::attach
