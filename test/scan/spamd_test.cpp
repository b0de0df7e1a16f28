// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/spamd.h"

#include <gtest/gtest.h>

namespace p3scan::scan {
namespace {

TEST(SpamdRequest, Lines) {
  EXPECT_EQ(spamd_request(SpamdCommand::headers, "joe@example.org", 42),
            "HEADERS SPAMC/1.4\r\nContent-length: 42\r\nUser: joe@example.org\r\n\r\n");
  EXPECT_EQ(spamd_request(SpamdCommand::process, "", 0), "PROCESS SPAMC/1.4\r\nContent-length: 0\r\n\r\n");
  for (const auto* user : {"-x", "a b", "a\r\nX: y", "a;b", "\xc3\xa4"})
    EXPECT_EQ(spamd_request(SpamdCommand::headers, user, 1), "HEADERS SPAMC/1.4\r\nContent-length: 1\r\n\r\n") << user;
  EXPECT_EQ(spamd_request(SpamdCommand::headers, std::string(201, 'a'), 1).find("User"), std::string::npos);
}

struct Row {
  std::string_view text;
  bool spam = false;
  double score = 0;
  double required = 0;
  std::string_view head = {};
  std::string_view error = {};
};

const Row kRows[] = {
    {.text = "SPAMD/1.1 0 EX_OK\r\nContent-length: 9\r\nSpam: True ; 15.5 / 5.0\r\n\r\nA: 1\r\nB\r\n\r\n",
     .spam = true,
     .score = 15.5,
     .required = 5,
     .head = "A: 1\r\nB\r\n"},
    {.text = "SPAMD/1.1 0 EX_OK\r\nContent-length: 100\r\nSpam: False ; -1.5 / 5.0\r\n\r\nA: 1\r\n\r\nbody",
     .score = -1.5,
     .required = 5,
     .head = "A: 1\r\n\r\n"},
    {.text = "SPAMD/1.5 0 EX_OK\nspam: yes;7/6\n\nA: 1\n\n",
     .spam = true,
     .score = 7,
     .required = 6,
     .head = "A: 1\n\n"},
    {.text = "SPAMD/1.1 0 EX_OK\r\nSpam: No\r\n\r\nA: 1\r\n", .head = "A: 1\r\n"},
    {.text = "SPAMD/1.1 0 EX_OK\r\nSpam: False ; x / nan\r\nDidSet: local\r\n\r\n", .head = ""},
    {.text = "SPAMD/1.0 76 Bad header line: (EOF during line read)\r\n",
     .error = "SPAMD/1.0 76 Bad header line: (EOF during line read)"},
    {.text = "SPAMD/1.1 0 EX_OK\r\nContent-length: 10\r\nSpam: True ; 1 / 5\r\n\r\nA: 1\r\n",
     .error = "the reply is cut off"},
    {.text = "SPAMD/1.1 0 EX_OK\r\nContent-length: 10\r\n", .error = "the reply is cut off"},
    {.text = "SPAMD/1.1 0 EX_OK\r\nContent-length: 10\r\n\r\nA: 1\r\nB\r\n",
     .error = "the reply does not say whether it is spam"},
    {.text = "SPAMD/1.1 0 EX_OK\r\nSpam: Maybe\r\n\r\n", .error = "an unknown line in the reply: Spam: Maybe"},
    {.text = "SPAMD/1.1 0 EX_OK\r\nContent-length: -1\r\n\r\n",
     .error = "an unknown line in the reply: Content-length: -1"},
    {.text = "HTTP/1.1 200 OK\r\n\r\n", .error = "not a reply of spamd: HTTP/1.1 200 OK"},
    {.text = "\x01\x02\n", .error = "not a reply of spamd: ??"},
    {.text = "SPAMD/1.1 zero\n", .error = "not a reply of spamd: SPAMD/1.1 zero"},
    {.text = "", .error = "the reply is cut off"},
};

TEST(SpamdReply, Rows) {
  for (const auto& row : kRows) {
    const auto reading = read_spamd_reply(row.text, true);
    ASSERT_TRUE(reading) << row.text;
    if (!row.error.empty()) {
      ASSERT_FALSE(*reading) << row.text;
      EXPECT_EQ(reading->error().text, row.error);
      continue;
    }
    ASSERT_TRUE(*reading) << row.text << ": " << reading->error().text;
    EXPECT_EQ((*reading)->spam, row.spam) << row.text;
    EXPECT_EQ((*reading)->score, row.score) << row.text;
    EXPECT_EQ((*reading)->required, row.required) << row.text;
    EXPECT_EQ((*reading)->head, row.head) << row.text;
  }
}

TEST(SpamdReply, EveryBeginningNeedsMoreOrSaysTheSame) {
  for (const auto& row : kRows) {
    const auto whole = read_spamd_reply(row.text, true);
    for (std::size_t n = 0; n < row.text.size(); ++n) {
      const auto reading = read_spamd_reply(row.text.substr(0, n), false);
      if (!reading) continue;
      ASSERT_EQ(reading->has_value(), whole->has_value()) << row.text.substr(0, n);
      if (*reading) EXPECT_EQ((*reading)->head, row.head) << row.text;
    }
  }
}

TEST(SpamdReply, UnknownCommandsAndEndlessLines) {
  EXPECT_TRUE(read_spamd_reply("SPAMD/1.0 76 Bad header line\r\n", true)->error().unknown_command);
  EXPECT_FALSE(read_spamd_reply("SPAMD/1.0 70 EX_SOFTWARE\r\n", true)->error().unknown_command);
  EXPECT_TRUE(read_spamd_reply(std::string(9000, 'a'), false));
  std::string many = "SPAMD/1.1 0 EX_OK\r\n";
  for (int i = 0; i < 1000; ++i) many += "A: bcdefghij\r\n";
  EXPECT_TRUE(read_spamd_reply(many, false));
}

}  // namespace
}  // namespace p3scan::scan
