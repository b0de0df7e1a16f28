// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/capabilities.h"

#include <gtest/gtest.h>

#include "imap/command_table.h"
#include "imap/header_only.h"
#include "imap/status_line.h"

namespace p3scan::imap {
namespace {

struct Row {
  std::string_view list;
  CapabilityView view;
  std::string_view shown;
};

const Row kRows[] = {
    {"IMAP4rev1 IMAP4rev2 LITERAL+ IDLE", {}, "IMAP4rev1 IMAP4rev2 LITERAL+ IDLE"},
    {"  A   B ", {}, "A B"},
    {"", {}, ""},
    {"COMPRESS=DEFLATE compress=lz4 COMPRESS", {}, "COMPRESS"},
    {"CATENATE URLAUTH URLAUTH=BINARY URL-PARTIAL CONVERT NOTIFY PREVIEW PREVIEW=FUZZY SNIPPET=FUZZY", {}, ""},
    {"REPLACE UIDONLY ANNOTATE-EXPERIMENT-1", {}, ""},
    {"CONDSTORE QRESYNC MOVE UIDPLUS BINARY MULTIAPPEND UTF8=ACCEPT SASL-IR NAMESPACE ID ENABLE OBJECTID PARTIAL",
     {},
     "CONDSTORE QRESYNC MOVE UIDPLUS BINARY MULTIAPPEND UTF8=ACCEPT SASL-IR NAMESPACE ID ENABLE OBJECTID PARTIAL"},
    {"STARTTLS LOGINDISABLED", {}, "LOGINDISABLED"},
    {"STARTTLS LOGINDISABLED", {.starttls = true, .referrals = false}, "STARTTLS LOGINDISABLED"},
    {"LOGIN-REFERRALS MAILBOX-REFERRALS", {}, ""},
    {"LOGIN-REFERRALS MAILBOX-REFERRALS", {.starttls = false, .referrals = true}, "LOGIN-REFERRALS MAILBOX-REFERRALS"},
};

TEST(Capabilities, AreShownOrHidden) {
  for (const auto& row : kRows) EXPECT_EQ(shown_capabilities(row.list, row.view), row.shown) << row.list;
  EXPECT_TRUE(lists_capability("A starttls B", "STARTTLS"));
  EXPECT_FALSE(lists_capability("A STARTTLSX B", "STARTTLS"));
}

TEST(StatusLine, IsOneLineOfAscii) {
  EXPECT_EQ(status_line("a", "NO", "UNAVAILABLE", "down"), "a NO [UNAVAILABLE] down\r\n");
  EXPECT_EQ(status_line("*", "BYE", "", "x\r\na OK \x07y"), "* BYE x  a OK  y\r\n");
  EXPECT_EQ(status_line("a", "NO", "", "b\xc3\xb6s"), "a NO b??s\r\n");
  EXPECT_EQ(status_line("a", "NO", "", ""), "a NO Refused\r\n");
  EXPECT_EQ(status_line("a", "NO", "", "[ALERT] x"), "a NO  [ALERT] x\r\n");
  EXPECT_EQ(status_line("a", "NO", "", std::string(5000, 'x')).size(), 407U);
}

TEST(CommandTable, KnowsWhatIsToBeLookedAt) {
  const auto handling = [](std::string verb, bool uid = false) {
    Command command;
    command.verb = std::move(verb);
    command.uid = uid;
    return handling_of(command);
  };
  EXPECT_EQ(handling("NOOP"), Handling::pass);
  EXPECT_EQ(handling("FETCH"), Handling::fetch);
  EXPECT_EQ(handling("FETCH", true), Handling::fetch);
  EXPECT_EQ(handling("EXPUNGE", true), Handling::pass);
  EXPECT_EQ(handling("REPLACE"), Handling::refuse);
  EXPECT_EQ(handling("REPLACE", true), Handling::refuse);
  EXPECT_EQ(handling("NOOP", true), Handling::refuse);
  EXPECT_EQ(handling("FETC"), Handling::unknown);
}

TEST(HeaderOnly, EndsWithTheFirstEmptyLine) {
  struct Case {
    std::string_view octets;
    bool header;
  };
  const Case cases[] = {
      {"a: b\r\nc: d\r\n\r\n", true},
      {"a: b\r\nc: d", true},
      {"a: b\n\n", true},
      {"\r\n", true},
      {"", true},
      {"a: b\r\n\r\nx", false},
      {"\r\nx", false},
      {"a: b\n\n\n", false},
      {"a: b\r\n \r\nc: d\r\n", true},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(HeaderOnly().feed(row.octets), row.header) << row.octets;
    HeaderOnly slowly;
    bool header = true;
    for (const char c : row.octets) header = slowly.feed({&c, 1}) && header;
    EXPECT_EQ(header, row.header) << row.octets;
  }
}

}  // namespace
}  // namespace p3scan::imap
