// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <string>

#include "proto/smtp/reply.h"
#include "support/chunks.h"

namespace p3scan::proto::smtp {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLimit = 64;

struct Case {
  const char* name;
  std::string wire;
  std::string log;  // "<code text>" per reply, "!error" at the end
};

const Case kCases[] = {
    {"single", "250 ok\r\n", "<250 250 ok\r\n>"},
    {"two", "250 ok\r\n550 no\r\n", "<250 250 ok\r\n><550 550 no\r\n>"},
    {"no_text", "250 \r\n", "<250 250 \r\n>"},
    {"no_separator", "354\r\n", "<354 354\r\n>"},
    {"multi", "250-a\r\n250-b\r\n250 c\r\n", "<250 250-a\r\n250-b\r\n250 c\r\n>"},
    {"multi_ends_without_separator", "250-a\r\n250\r\n", "<250 250-a\r\n250\r\n>"},
    {"bare_lf_line_ends", "250-a\n250 b\n", "<250 250-a\r\n250 b\r\n>"},
    {"cr_inside", "250 a\r250 b\r\n", "<250 250 a 250 b\r\n>"},
    {"two_cr", "250 a\r\r\n", "<250 250 a \r\n>"},
    {"nul_inside", std::string("250 a\0b\r\n"sv), "<250 250 a b\r\n>"},
    {"eight_bit", "250 \xc3\xa4\r\n", "<250 250 \xc3\xa4\r\n>"},
    {"incomplete", "250-a\r\n250 b", ""},
    {"mixed_codes", "250-a\r\n550 b\r\n", "!mixed"},
    {"mixed_in_the_middle", "250-a\r\n251-b\r\n250 c\r\n", "!mixed"},
    {"code_too_low", "150 a\r\n", "!malformed"},
    {"code_too_high", "650 a\r\n", "!malformed"},
    {"code_short", "25 a\r\n", "!malformed"},
    {"code_long", "2500 a\r\n", "!malformed"},
    {"code_glued", "250ok\r\n", "!malformed"},
    {"not_smtp", "+OK pop3\r\n", "!malformed"},
    {"blank_in_front", " 250 ok\r\n", "!malformed"},
    {"empty_line", "\r\n", "!malformed"},
    {"text_between", "250-a\r\nhello\r\n250 b\r\n", "!malformed"},
    {"second_is_bad", "250 a\r\nx\r\n", "<250 250 a\r\n>!malformed"},
    {"longest", "250 " + std::string(kLimit - 6, 'x') + "\r\n", "<250 250 " + std::string(kLimit - 6, 'x') + "\r\n>"},
    {"line_too_long", "250 " + std::string(kLimit - 5, 'x') + "\r\n", "!long"},
    {"line_without_end", std::string(10 * kLimit, '2'), "!long"},
    {"endless", "250-0123456789012345678\r\n250-0123456789012345678\r\n250-0123456789012345678\r\n", "!long"},
};

std::string_view name(ReplyError error) {
  switch (error) {
    case ReplyError::malformed: return "!malformed";
    case ReplyError::mixed_codes: return "!mixed";
    case ReplyError::too_long: return "!long";
  }
  return {};
}

std::string run(std::string_view wire, std::size_t step) {
  ReplyParser parser(kLimit);
  std::string log;
  bool failed = false;
  test::feed(wire, step, [&](std::string_view& view, bool) {
    while (!failed) {
      const auto reply = parser.next(view);
      failed = !reply;
      if (failed) log += name(reply.error());
      if (failed || !*reply) return;
      log.append("<").append(std::to_string((*reply)->code)).append(" ").append((*reply)->text).append(">");
    }
  });
  return log;
}

class SmtpReplyTest : public testing::TestWithParam<Case> {};
TEST_P(SmtpReplyTest, SameRepliesForEveryChunking) {
  for (const auto step : test::kChunkSizes) EXPECT_EQ(run(GetParam().wire, step), GetParam().log) << step;
}
INSTANTIATE_TEST_SUITE_P(Table, SmtpReplyTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace p3scan::proto::smtp
