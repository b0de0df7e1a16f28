// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp_scripts.h"

namespace p3scan::proto::smtp {
namespace {

TEST(SmtpLimits, ThousandRecipients) {
  std::string script = std::string(kHello) + "  C: MAIL FROM:<joe@here>\n";
  std::string seen = "S< MAIL FROM:<joe@here>\n";
  std::string answers = "S: 250 ok\n";
  std::string told = "C< 250 ok\nlogin: joe@here\n";
  for (int i = 0; i < 999; ++i) {
    const auto number = std::to_string(i);
    const auto* const code = i % 3 == 0 ? "250 " : i % 3 == 1 ? "450 " : "550 ";
    script += "C: RCPT TO:<r" + number + "@there>\n";
    seen += "S< RCPT TO:<r" + number + "@there>\n";
    answers += "S: " + (code + number) + "\n";
    told += "C< " + (code + number) + "\n";
  }
  script += "C: DATA\n" + seen + "quiet\n" + answers + told;
  script += R"(
    C< 354*
    C: x
    C: .
    scan: deliver
    S< DATA
    S: 354 go
    S< x
    S< .
    S: 250 taken
    C< 250 taken
    C: DATA
    S< DATA
    S: 503 no recipients
    C< 503 no recipients
  )";
  const auto make = [] { return std::make_unique<SmtpDialog>(Options{}); };
  const auto steps = test::parse_script(script);
  for (const std::size_t chunk : {7U, 4096U, 1U << 20U}) test::ScriptRun(make, chunk).play(steps);
}

TEST(SmtpLimits, EndlessReplyIsBounded) {
  SmtpDialog dialog({});
  Outbox out;
  std::string lines;
  while (lines.size() < 60000) lines += "220-more\r\n";
  Action action;
  for (int i = 0; i < 2; ++i) {
    auto in = inbox({}, lines);
    action = dialog.resume(in, out);
  }
  ASSERT_TRUE(std::holds_alternative<End>(action));
  EXPECT_EQ(std::get<End>(action).outcome, Outcome::protocol_error);
  EXPECT_FALSE(out.client.contains("220-more"));
}

}  // namespace
}  // namespace p3scan::proto::smtp
