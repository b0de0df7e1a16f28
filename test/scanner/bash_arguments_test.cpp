// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/bash_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace p3scan {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

const auto kNow = std::chrono::system_clock::from_time_t(1'000'000'000);
constexpr const char* kDate = "[A-Z][a-z][a-z], [0-9][0-9] Sep 2001 [0-9:]* [+-][0-9][0-9][0-9][0-9]";

TEST(BashArguments, InTheDocumentedOrder) {
  const scan::MailFacts facts{.protocol = "POP3",
                              .incoming = true,
                              .user = "alice",
                              .client_ip = "192.0.2.1",
                              .client_port = 1024,
                              .server_ip = "2001:db8::1",
                              .server_port = 110,
                              .scanner_info = "one\ntwo"};
  constexpr std::string_view head = "From: Ann <ann@sender.test>\r\nTo: bob@example.test\r\nSubject: hello\r\n\r\n";
  EXPECT_THAT(
      bash_arguments("/x/p3scan.y", head, facts, kNow),
      ElementsAre("/x/p3scan.y", "Ann <ann@sender.test>", "bob@example.test", "alice", "hello", MatchesRegex(kDate),
                  "2001:db8::1", "110", "192.0.2.1", "1024", "POP3", "P3Scan", P3SCAN_VERSION, "one\ntwo"));
}

TEST(BashArguments, NothingIsNull) {
  EXPECT_THAT(bash_arguments("/x", "", {}, kNow),
              ElementsAre("/x", "(null)", "(null)", "(null)", "(null)", MatchesRegex(kDate), "(null)", "(null)",
                          "(null)", "(null)", "(null)", "P3Scan", P3SCAN_VERSION, "(null)"));
}

TEST(BashArguments, ApostrophesAndControlCharactersAreBlanks) {
  scan::MailFacts facts;
  facts.user = "a'b\nc\x7f";
  facts.scanner_info = "a'b\nc\td\x1b";
  constexpr std::string_view head =
      "From: O'Hara\r\nTo: =?utf-8?q?it=27s=0Aa=00b?= <x@y>\r\nSubject: '; rm -rf / #'\r\n\r\n";
  const auto arguments = bash_arguments("/x", head, facts, kNow);
  EXPECT_EQ(arguments[1], "O Hara");
  EXPECT_EQ(arguments[2].find_first_of(std::string_view("'\n\0", 3)), std::string::npos) << arguments[2];
  EXPECT_TRUE(arguments[2].starts_with("it s")) << arguments[2];
  EXPECT_EQ(arguments[3], "a b c ");
  EXPECT_EQ(arguments[4], " ; rm -rf / # ");
  EXPECT_EQ(arguments[13], "a b\nc d ");
}

TEST(BashArguments, BoundedInLength) {
  scan::MailFacts facts;
  facts.user = std::string(100'000, 'u');
  facts.scanner_info = std::string(100'000, 'v');
  const auto head = "Subject: " + std::string(60'000, 's') + "\r\n\r\n";
  for (const auto& argument : bash_arguments("/x", head, facts, kNow)) EXPECT_LE(argument.size(), 4000U);
}

}  // namespace
}  // namespace p3scan
