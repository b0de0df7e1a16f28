// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/sniff.h"

#include <gtest/gtest.h>

#include <string>

namespace p3scan::proto {
namespace {

struct Case {
  const char* name;
  std::string_view bytes;
  Greeting greeting;
};

constexpr Case kCases[] = {
    {"nothing", "", Greeting::need_more},
    {"ok", "+OK ready\r\n", Greeting::pop3},
    {"bare_ok", "+OK\r\n", Greeting::pop3},
    {"err", "-ERR [SYS/TEMP] busy\r\n", Greeting::pop3},
    {"half_ok", "+OK", Greeting::need_more},
    {"okay", "+OKAY\r\n", Greeting::unknown},
    {"smtp", "220 mx ESMTP\r\n", Greeting::smtp},
    {"smtp_lines", "220-mx\r\n220 hi\r\n", Greeting::smtp},
    {"smtp_busy", "421 later\r\n", Greeting::smtp},
    {"smtp_refused", "554-no\r\n", Greeting::smtp},
    {"half_smtp", "22", Greeting::need_more},
    {"half_refused", "55", Greeting::need_more},
    {"other_code", "200 ready\r\n", Greeting::unknown},
    {"no_code", "4x1 ready\r\n", Greeting::unknown},
    {"long_code", "4211\r\n", Greeting::unknown},
    {"imap", "* OK [CAPABILITY IMAP4rev1] hi\r\n", Greeting::imap},
    {"half_imap", "*", Greeting::need_more},
    {"star", "*OK\r\n", Greeting::unknown},
    {"ssh", "SSH-2.0-x\r\n", Greeting::unknown},
    {"tls", "\x16\x03\x01", Greeting::unknown},
};

class SniffTest : public testing::TestWithParam<Case> {};

TEST_P(SniffTest, ByTheFirstOctets) {
  const auto& row = GetParam();
  EXPECT_EQ(sniff_greeting(row.bytes), row.greeting);
  // No prefix may say anything else than the whole or "need more".
  for (std::size_t n = 0; n < row.bytes.size(); ++n) {
    const auto early = sniff_greeting(row.bytes.substr(0, n));
    EXPECT_TRUE(early == Greeting::need_more || early == row.greeting) << n;
    if (n >= 5) EXPECT_EQ(early, row.greeting) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, SniffTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(HttpRequest, IsKnownByItsLine) {
  for (const auto* line :
       {"GET / HTTP/1.1\r\n", "POST /x HTTP/1.0", "OPTIONS * HTTP/1.1", "PRI * HTTP/2.0", "GET /a b HTTP/1.1"})
    EXPECT_TRUE(is_http_request(line)) << line;
  for (const auto* line : {"", "HELO HTTP/1.1", "USER a@b", "a1 LOGIN x y", "get / HTTP/1.1", "GET /",
                           "A1 NOOP HTTP/1.1", " / HTTP/1.1", "EHLO x\r\n"})
    EXPECT_FALSE(is_http_request(line)) << line;
}

}  // namespace
}  // namespace p3scan::proto
