// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/mail_magic.h"

#include <gtest/gtest.h>

namespace p3scan::scan {
namespace {

TEST(MailMagic, FirstLines) {
  struct Row {
    std::string_view head;
    bool is_mail;
  };
  using namespace std::string_view_literals;
  const Row rows[] = {
      {"Received: from x\r\nSubject: a\r\n\r\n", true},
      {"Return-Path: <a@b>\r\n", true},
      {"Delivered-To: a\r\n", true},
      {"From: a\r\n", true},
      {"Message-ID: <a>\r\n\tb\r\n", true},
      {"", false},
      {"\r\nReceived: x\r\n", false},
      {" Received: x\r\n", false},
      {"received: x\r\n", false},
      {"RECEIVED: x\r\n", false},
      {"Received : x\r\n", false},
      {"Received:x\r\n", false},
      {"X-Foo: bar\r\nReceived: x\r\n", false},
      {"ARC-Seal: i=1\r\n", false},
      {"Autocrypt: addr=x\r\n", false},
      {"Content-Type: text/plain\r\n", false},
      {"MIME-Version: 1.0\r\n", false},
      {"Subject: \xc3\xa4\r\n", false},
      {"Subject: a\0b\r\n"sv, false},
  };
  for (const auto& row : rows) EXPECT_EQ(looks_like_mail_to_clamav(row.head), row.is_mail) << row.head;
}

TEST(MailMagic, MarksAtFixedOffsets) {
  for (const auto& [offset, mark] : {std::pair{257, "ustar"}, std::pair{512, "EFI PART"}}) {
    for (const int shift : {-1, 0, 1}) {
      auto head = std::string("Received: ");
      head.append(static_cast<std::size_t>(offset + shift) - head.size(), 'a');
      head += mark;
      head += "\r\n";
      EXPECT_EQ(looks_like_mail_to_clamav(head), shift != 0) << mark << shift;
      head.resize(static_cast<std::size_t>(offset));
      EXPECT_TRUE(looks_like_mail_to_clamav(head));
    }
  }
}

TEST(MailMagic, LeadIsAMailAndFillsTheWindow) {
  EXPECT_TRUE(looks_like_mail_to_clamav(mail_lead()));
  EXPECT_GT(mail_lead().size(), 1024U);
  EXPECT_LT(mail_lead().size(), 4096U);
  EXPECT_TRUE(mail_lead().ends_with("\r\n"));
  EXPECT_EQ(mail_lead().find("\r\n\r\n"), std::string_view::npos);
}

TEST(MailMagic, BlankFront) {
  EXPECT_EQ(blank_front(""), 0U);
  EXPECT_EQ(blank_front("a\r\n"), 0U);
  EXPECT_EQ(blank_front("\r\n \r\na"), 5U);
  EXPECT_EQ(blank_front("\r\n"), 2U);
}

}  // namespace
}  // namespace p3scan::scan
