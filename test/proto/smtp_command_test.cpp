// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <string>

#include "proto/smtp/capabilities.h"
#include "proto/smtp/command.h"
#include "proto/smtp/sasl_name.h"

namespace p3scan::proto::smtp {
namespace {

using namespace std::string_view_literals;

struct CommandCase {
  std::string_view line;
  Verb verb;
  std::string_view arguments = {};
};

constexpr CommandCase kCommands[] = {
    {"EHLO host", Verb::ehlo, "host"},
    {"helo host", Verb::helo, "host"},
    {"mAiL FROM:<a@b>", Verb::mail, "FROM:<a@b>"},
    {"RCPT\tTO:<a@b>  ", Verb::rcpt, "TO:<a@b>"},
    {"DATA", Verb::data},
    {"data  ", Verb::data},
    {"DATA now", Verb::data, "now"},
    {"BDAT 5 LAST", Verb::bdat, "5 LAST"},
    {"RSET", Verb::rset},
    {"NOOP x", Verb::noop, "x"},
    {"quit", Verb::quit},
    {"AUTH PLAIN", Verb::auth, "PLAIN"},
    {"VRFY a", Verb::query, "a"},
    {"HELP", Verb::query},
    {"STARTTLS", Verb::starttls},
    {"starttls", Verb::starttls},
    {"XCLIENT ADDR=127.0.0.1", Verb::refused, "ADDR=127.0.0.1"},
    {"BURL imap://x LAST", Verb::refused, "imap://x LAST"},
    {"LHLO x", Verb::refused, "x"},
    {"", Verb::unknown},
    {" DATA", Verb::unknown},
    {"DATAX", Verb::unknown},
    {"DAT", Verb::unknown},
    {"DATA\x0b", Verb::unknown},
    {"GET / HTTP/1.1", Verb::unknown},
};

TEST(SmtpCommand, VerbAndArguments) {
  for (const auto& row : kCommands) {
    const auto command = parse_command(row.line);
    EXPECT_EQ(command.verb, row.verb) << row.line;
    if (command.verb != Verb::unknown) {
      EXPECT_EQ(command.arguments, row.arguments) << row.line;
    }
    const bool ours = command.verb == Verb::refused || command.verb == Verb::unknown;
    EXPECT_EQ(command.refusal.ends_with("\r\n"), ours) << row.line;
  }
}

TEST(SmtpCommand, StrayOctetsAreSeen) {
  EXPECT_FALSE(has_stray_octet("MAIL FROM:<\xc3\xa4@b>\t"));
  EXPECT_TRUE(has_stray_octet("NOOP\rDATA"));
  EXPECT_TRUE(has_stray_octet("NOOP\r"));
  EXPECT_TRUE(has_stray_octet("NOOP\0"sv));
}

struct MailCase {
  std::string_view arguments;
  std::string_view sender;
  std::optional<std::uint64_t> size = std::nullopt;
  bool binary = false;
  bool prdr = false;
};

constexpr MailCase kMails[] = {
    {"FROM:<a@b>", "a@b"},
    {"from: <a@b> SIZE=12", "a@b", 12},
    {"FROM:a@b size=12 BODY=8BITMIME", "a@b", 12},
    {"FROM:<> BODY=binarymime", "", std::nullopt, true},
    {"FROM:<a@b> prdr", "a@b", std::nullopt, false, true},
    {"FROM:<a@b> SIZE=-1", "a@b"},
    {"FROM:<a@b> SIZE=99999999999999999999999", "a@b"},
    {"FROM:<\"a> SIZE=9\"@b> SIZE=7", "\"a> SIZE=9\"@b", 7},
    {"FROM:<\"a\\\"> SIZE=9\"@b>", "\"a\\\"> SIZE=9\"@b"},
    {"FROM:<a@b", "a@b"},
    {"FROM:<\"\\", "\"\\"},
    {"FROM <a@b> SIZE=9", ""},
    {"", ""},
};

TEST(SmtpCommand, MailArguments) {
  for (const auto& row : kMails) {
    const auto mail = parse_mail(row.arguments);
    EXPECT_EQ(mail.sender, row.sender) << row.arguments;
    EXPECT_EQ(mail.size, row.size) << row.arguments;
    EXPECT_EQ(mail.binary, row.binary) << row.arguments;
    EXPECT_EQ(mail.per_recipient_replies, row.prdr) << row.arguments;
  }
}

TEST(SmtpCommand, ChunkArguments) {
  EXPECT_EQ(parse_chunk("0")->octets, 0U);
  EXPECT_FALSE(parse_chunk("0")->last);
  EXPECT_EQ(parse_chunk("86 last")->octets, 86U);
  EXPECT_TRUE(parse_chunk("86  LAST ")->last);
  EXPECT_EQ(parse_chunk("18446744073709551615")->octets, 18446744073709551615U);
  EXPECT_EQ(parse_chunk("18446744073709551616").error(), ChunkError::too_large);
  for (const auto* bad : {"", "LAST", "x", "-1", "+1", "1x", "1 LASTX", "1 2", "0x10", "1 LAST LAST"})
    EXPECT_EQ(parse_chunk(bad).error(), ChunkError::syntax) << bad;
}

struct OfferCase {
  const char* name;
  std::string_view offered;
  std::string_view told;
  std::uint64_t largest = 0;
  bool chunking = false;
};

constexpr OfferCase kOffers[] = {
    {"postfix",
     "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n250-ETRN\r\n250-STARTTLS\r\n"
     "250-AUTH PLAIN LOGIN\r\n250-AUTH=PLAIN LOGIN\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n"
     "250-SMTPUTF8\r\n250 CHUNKING\r\n",
     "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n250-ETRN\r\n"
     "250-AUTH PLAIN LOGIN\r\n250-AUTH=PLAIN LOGIN\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n"
     "250-SMTPUTF8\r\n250 CHUNKING\r\n",
     0, true},
    {"hidden_last", "250-mx\r\n250-SIZE\r\n250 STARTTLS\r\n", "250-mx\r\n250 SIZE\r\n"},
    {"all_hidden", "250-mx\r\n250-XCLIENT NAME\r\n250-XFORWARD\r\n250-BURL imap\r\n250 PRDR\r\n", "250 mx\r\n"},
    {"first_line_is_no_keyword", "250-STARTTLS\r\n250 DSN\r\n", "250-STARTTLS\r\n250 DSN\r\n"},
    {"any_case", "250-mx\r\n250-starttls\r\n250 size 5\r\n", "250-mx\r\n250 size 5\r\n"},
    {"unknown", "250-mx\r\n250-XFOO\r\n250 HELP\r\n", "250-mx\r\n250 HELP\r\n"},
    {"exchange", "250-mx Hello\r\n250-X-ANONYMOUSTLS\r\n250-X-EXPS GSSAPI\r\n250-XEXCH50\r\n250 OK\r\n",
     "250-mx Hello\r\n250 OK\r\n"},
    {"binary_without_chunking", "250-mx\r\n250-BINARYMIME\r\n250 DSN\r\n", "250-mx\r\n250 DSN\r\n"},
    {"binary_with_chunking", "250-mx\r\n250-BINARYMIME\r\n250 CHUNKING\r\n",
     "250-mx\r\n250-BINARYMIME\r\n250 CHUNKING\r\n", 0, true},
    {"size_is_ours", "250-mx\r\n250 SIZE 5000\r\n", "250-mx\r\n250 SIZE 1000\r\n", 1000},
    {"size_is_theirs", "250-mx\r\n250 SIZE 500\r\n", "250-mx\r\n250 SIZE 500\r\n", 1000},
    {"size_had_no_limit", "250-mx\r\n250 SIZE 0\r\n", "250-mx\r\n250 SIZE 1000\r\n", 1000},
    {"size_said_nothing", "250-mx\r\n250 SIZE\r\n", "250-mx\r\n250 SIZE 1000\r\n", 1000},
    {"single_line", "250 mx\r\n", "250 mx\r\n"},
    {"bare_code", "250\r\n", "250 \r\n"},
};

class SmtpOfferTest : public testing::TestWithParam<OfferCase> {};
TEST_P(SmtpOfferTest, OnlyWhatIsCarried) {
  const auto all = carried(GetParam().offered, GetParam().largest);
  EXPECT_EQ(all.text, GetParam().told);
  EXPECT_EQ(all.chunking, GetParam().chunking);
  EXPECT_EQ(carried(all.text, GetParam().largest).text, all.text);
}
INSTANTIATE_TEST_SUITE_P(Table, SmtpOfferTest, testing::ValuesIn(kOffers),
                         [](const auto& c) { return std::string(c.param.name); });

struct SaslCase {
  std::string_view arguments;
  std::string_view response;
  std::string_view name;
};

constexpr SaslCase kSasl[] = {
    {"PLAIN AGpvZQBzZWNyZXQ=", "", "joe"},         // \0joe\0secret
    {"plain", "YWRtaW4Aam9lAHNlY3JldA==", "joe"},  // admin\0joe\0secret
    {"LOGIN", "am9l", "joe"},
    {"LOGIN am9l", "c2VjcmV0", "joe"},  // the second answer is the password
    {"CRAM-MD5", "am9lIDAxMjM0NTY3ODlhYmNkZWY=", "joe"},
    {"SCRAM-SHA-256 biwsbj1qb2Uscj1hYmM=", "", "joe"},  // n,,n=joe,r=abc
    {"XOAUTH2 dXNlcj1qb2UBYXV0aD1CZWFyZXIgeAEB", "", "joe"},
    {"OAUTHBEARER bixhPWpvZSwBYXV0aD1CZWFyZXIgeAEB", "", "joe"},
    {"EXTERNAL =", "", ""},
    {"GSSAPI", "am9l", ""},
    {"PLAIN", "*", ""},
    {"PLAIN", "!!!!", ""},
    {"PLAIN", "am9l", ""},
    {"", "am9l", ""},
};

TEST(SmtpSasl, NameButNothingElse) {
  for (const auto& row : kSasl) {
    SaslName sasl;
    sasl.start(row.arguments);
    if (!row.response.empty()) sasl.respond(row.response);
    EXPECT_EQ(sasl.name(), row.name) << row.arguments;
  }
}

TEST(SmtpSasl, NameIsBounded) {
  SaslName sasl;
  sasl.start("LOGIN " + std::string(8000, 'A'));
  EXPECT_EQ(sasl.name().size(), SaslName::kLongest);
  sasl.start("LOGIN " + std::string(80000, 'A'));
  EXPECT_EQ(sasl.name(), "");
}

}  // namespace
}  // namespace p3scan::proto::smtp
