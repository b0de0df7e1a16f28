// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// The small readers of the POP3 dialog: status lines, SASL names, logins that name a server.
#include <gtest/gtest.h>

#include <string>

#include "proto/pop3/login_url.h"
#include "proto/pop3/reply.h"
#include "proto/pop3/sasl.h"
#include "support/chunks.h"

namespace p3scan::proto::pop3 {
namespace {

using namespace std::string_view_literals;

struct LineCase {
  const char* name;
  std::string_view wire;
  std::string_view log;  // [line], ! for malformed
};

constexpr LineCase kLines[] = {
    {"lines", "+OK\r\n\r\n-ERR no\r\n", "[+OK][][-ERR no]"},
    {"incomplete", "+OK\r\n+OK", "[+OK]"},
    {"bare_lf", "+OK\n+OK\r\n", "!"},
    {"bare_lf_inside", "+OK a\nb\r\n", "!"},
    {"lf_first", "\n", "!"},
    {"bare_cr", "+OK a\rb\r\n", "!"},
    {"two_cr", "+OK\r\r\n", "!"},
    {"nul", "+OK\0\r\n"sv, "!"},
    {"longest", "+OK 345678901234\r\n", "[+OK 345678901234]"},
    {"too_long", "+OK 3456789012345\r\n", "!"},
    {"endless", "+OK 345678901234567890", "!"},
};

class ReplyLineTest : public testing::TestWithParam<LineCase> {};

TEST_P(ReplyLineTest, SameLinesForEveryChunking) {
  for (const auto step : test::kChunkSizes) {
    std::string log;
    test::feed(GetParam().wire, step, [&](std::string_view& view, bool) {
      while (!log.ends_with('!')) {
        const auto line = take_reply_line(view, 18);
        if (!line && line.error() == ReplyError::need_more) return;
        log += line ? "[" + std::string(*line) + "]" : "!";
      }
    });
    EXPECT_EQ(log, GetParam().log) << "in chunks of " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, ReplyLineTest, testing::ValuesIn(kLines),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(Reply, Status) {
  EXPECT_EQ(reply_status("+OK"), ReplyStatus::ok);
  EXPECT_EQ(reply_status("+ok 2 messages"), ReplyStatus::ok);
  EXPECT_EQ(reply_status("-ERR"), ReplyStatus::err);
  EXPECT_EQ(reply_status("+"), ReplyStatus::challenge);
  EXPECT_EQ(reply_status("+ PDE4OTYu"), ReplyStatus::challenge);
  EXPECT_EQ(reply_status("+O"), ReplyStatus::none);
  EXPECT_EQ(reply_status(""), ReplyStatus::none);
  EXPECT_EQ(reply_status("250 OK"), ReplyStatus::none);
}

TEST(Reply, ErrorsAreOneShortLine) {
  EXPECT_EQ(error_reply("[SYS/TEMP]", "no\r\nTOP 1"), "-ERR [SYS/TEMP] no  TOP 1\r\n");
  EXPECT_EQ(error_reply("[SYS/TEMP]", "[IN-USE] no"), "-ERR [IN-USE] no\r\n");
  EXPECT_EQ(error_reply("[SYS/PERM]", std::string(9999, 'x')).size(), 512U);
}

TEST(Sasl, TheNameAndNothingElse) {
  EXPECT_EQ(mechanism("plain"), Mechanism::plain);
  EXPECT_EQ(mechanism("SCRAM-SHA-1"), Mechanism::other);
  EXPECT_EQ(sasl_user(Mechanism::plain, "AGpvZQBzZWNyZXQ="), "joe");          // \0joe\0secret
  EXPECT_EQ(sasl_user(Mechanism::plain, "YWRtaW4Aam9lAHNlY3JldA=="), "joe");  // admin\0joe\0secret
  EXPECT_EQ(sasl_user(Mechanism::plain, "c2VjcmV0"), "");                     // secret
  EXPECT_EQ(sasl_user(Mechanism::plain, "AHNlY3JldA=="), "");                 // \0secret
  EXPECT_EQ(sasl_user(Mechanism::plain, "*"), "");
  EXPECT_EQ(sasl_user(Mechanism::login, "am9l"), "joe");
  EXPECT_EQ(sasl_user(Mechanism::login, "="), "");
  EXPECT_EQ(sasl_user(Mechanism::cram_md5, "am9lIGRvZSAwMTIz"), "joe doe");  // joe doe 0123
  EXPECT_EQ(sasl_user(Mechanism::other, "am9l"), "");
}

struct UrlCase {
  const char* name;
  std::string_view text;
  std::optional<LoginUrl> url;
};

const UrlCase kUrls[] = {
    {"host", "joe#mx.example.org", LoginUrl{"joe", "mx.example.org", 110}},
    {"port", "joe#mx:1110", LoginUrl{"joe", "mx", 1110}},
    {"v4", "joe#192.0.2.1:110", LoginUrl{"joe", "192.0.2.1", 110}},
    {"v6", "joe#[2001:db8::1]", LoginUrl{"joe", "2001:db8::1", 110}},
    {"v6_port", "joe#[2001:db8::1]:995", LoginUrl{"joe", "2001:db8::1", 995}},
    {"hash_in_name", "joe#work@home#mx", LoginUrl{"joe#work@home", "mx", 110}},
    {"mail_address", "joe@mx.example.org", LoginUrl{"joe", "mx.example.org", 110}},
    {"mail_address_port", "joe@mx:1110", LoginUrl{"joe", "mx", 1110}},
    {"no_domain", "joe@", std::nullopt},
    {"no_host", "joe#", std::nullopt},
    {"no_hash", "joe", std::nullopt},
    {"no_name", "#mx", std::nullopt},
    {"bare_v6", "joe#2001:db8::1", std::nullopt},
    {"open_bracket", "joe#[2001:db8::1", std::nullopt},
    {"text_after_bracket", "joe#[::1]x", std::nullopt},
    {"empty_port", "joe#mx:", std::nullopt},
    {"port_zero", "joe#mx:0", std::nullopt},
    {"port_large", "joe#mx:65536", std::nullopt},
    {"port_word", "joe#mx:pop3", std::nullopt},
    {"slash", "joe#mx/x", std::nullopt},
    {"blank", "joe#mx x", std::nullopt},
};

class LoginUrlTest : public testing::TestWithParam<UrlCase> {};

TEST_P(LoginUrlTest, Parses) { EXPECT_EQ(parse_login_url(GetParam().text), GetParam().url); }

INSTANTIATE_TEST_SUITE_P(Table, LoginUrlTest, testing::ValuesIn(kUrls),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(LoginUrl, HostIsBounded) {
  EXPECT_TRUE(parse_login_url("a#" + std::string(253, 'h')));
  EXPECT_FALSE(parse_login_url("a#" + std::string(254, 'h')));
}

}  // namespace
}  // namespace p3scan::proto::pop3
