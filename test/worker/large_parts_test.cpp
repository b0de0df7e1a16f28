// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/large_parts.h"

#include <gtest/gtest.h>

#include <string>

#include "worker/base64.h"
#include "worker/samples.h"

namespace p3scan::worker {
namespace {

using namespace test;
using namespace std::string_literals;

constexpr auto kAsIs = LargePart::Form::as_is;
constexpr auto kBase64 = LargePart::Form::base64;
constexpr std::size_t kLeast = 100;

std::string text_lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "A line of text, number " + std::to_string(i) + "\r\n";
  return text;
}

const std::string kText = text_lines(20);
const std::string kCode = base64(std::string(300, 'x'));
const std::string kMultipart = "Content-Type: multipart/mixed; boundary=\"b b\"\r\n\r\n--b b\r\n";
const std::string kIsCode = "Content-Transfer-Encoding: base64\r\n";

/// The part's octets are marked in the rows by standing between head and tail.
struct Row {
  const char* name;
  std::string head;
  std::string part;
  std::string tail;
  LargePart::Form form;
};

TEST(LargeParts, AreFoundWhereThereIsOneReading) {
  const Row rows[] = {
      {"text alone", "Subject: x\r\n\r\n", kText, "", kAsIs},
      {"bare LF", "Subject: x\n\n", kText, "", kAsIs},
      {"no header at all", "\r\n", kText, "", kAsIs},
      {"declared text", "Content-Type: text/html; charset=x\r\nContent-Transfer-Encoding: 8BIT\r\n\r\n", kText, "",
       kAsIs},
      {"base64 alone", kIsCode + "\r\n", kCode, "", kBase64},
      {"base64, odd case and blanks", "CONTENT-TRANSFER-ENCODING:  Base64 \r\n\r\n", kCode, "", kBase64},
      {"base64 with blank lines at the end", kIsCode + "\r\n", kCode + "\r\n\r\n", "", kBase64},
      {"first of two", kMultipart + kIsCode + "\r\n", kCode, "--b b\r\n\r\nshort\r\n--b b--\r\n", kBase64},
      {"last of two", kMultipart + "\r\nshort\r\n--b b\r\n" + kIsCode + "\r\n", kCode, "--b b--\r\n", kBase64},
      {"never closed", kMultipart + kIsCode + "\r\n", kCode, "", kBase64},
      {"boundary with blanks behind", kMultipart + kIsCode + "\r\n", kCode, "--b b  \r\n\r\n--b b--\r\n", kBase64},
      {"folded boundary parameter", "Content-Type: multipart/mixed;\r\n boundary=bb\r\n\r\n--bb\r\n" + kIsCode + "\r\n",
       kCode, "--bb--\r\n", kBase64},
      {"nested", kMultipart + "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + kIsCode + "\r\n", kCode,
       "--c--\r\n--b b--\r\n", kBase64},
  };
  for (const auto& row : rows) {
    const auto found = find_large_parts(row.head + row.part + row.tail, kLeast);
    ASSERT_EQ(found.size(), 1U) << row.name;
    EXPECT_EQ(found[0], (LargePart{.offset = row.head.size(), .size = row.part.size(), .form = row.form})) << row.name;
  }
}

TEST(LargeParts, AllAreFound) {
  const auto mail = kMultipart + "\r\n" + kText + "--b b\r\n" + kIsCode + "\r\n" + kCode + "--b b--\r\n";
  const auto found = find_large_parts(mail, kLeast);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(mail.substr(found[0].offset, found[0].size), kText);
  EXPECT_EQ(mail.substr(found[1].offset, found[1].size), kCode);
}

TEST(LargeParts, WhatCanBeReadInTwoWaysIsLeftAlone) {
  const std::pair<const char*, std::string> rows[] = {
      {"small", "Subject: x\r\n\r\nshort\r\n"},
      {"nothing", ""},
      {"header only", std::string(1000, 'x')},
      {"other encoding", "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + kText},
      {"unknown encoding", "Content-Transfer-Encoding: x-rot13\r\n\r\n" + kText},
      {"encoding with a comment", "Content-Transfer-Encoding: base64 (yes)\r\n\r\n" + kCode},
      {"encoding twice", kIsCode + "Content-Transfer-Encoding: 7bit\r\n\r\n" + kCode},
      {"encoding with a blank before the colon", "Content-Transfer-Encoding : base64\r\n\r\n" + kText},
      {"encoding folded", "Content-Transfer-Encoding:\r\n base64\r\n\r\n" + kText},
      {"type twice", "Content-Type: text/plain\r\nContent-Type: message/rfc822\r\n\r\n" + kText},
      {"mail in a mail", "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n" + kText},
      {"multipart without a part", "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + kText},
      {"boundary of RFC 2231",
       "Content-Type: multipart/mixed; boundary*=us-ascii''b; boundary=c\r\n\r\n--c\r\n\r\n" + kText},
      {"ambiguous header of another part", kMultipart +
                                               "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\nshort\r\n--b b\r\n" +
                                               kIsCode + "\r\n" + kCode + "--b b--\r\n"},
      {"NUL in the header", "Subject: \0\r\n"s + kIsCode + "\r\n" + kCode},
      {"bare CR in the header", "Subject: x\rContent-Type: text/plain\r\n\r\n" + kText},
      {"over-long header line", "Subject: " + std::string(2000, 'x') + "\r\n\r\n" + kText},
      {"uuencode in a text", "Subject: x\r\n\r\n" + kText + "begin 644 x\r\n" + kText},
      {"mail in a text", "Subject: x\r\n\r\n" + kText + "From a@b\r\n" + kText},
      {"headers in a text", "Subject: x\r\n\r\n" + kText + "content-type: text/html\r\n" + kText},
      {"boundary that nobody declared", "Subject: x\r\n\r\n" + kText + "--b\r\n" + kText},
      {"blank line inside base64", kIsCode + "\r\n" + kCode + "\r\n" + kCode},
      {"junk inside base64", kIsCode + "\r\n" + kCode + "~\r\n" + kCode},
      {"padding inside base64", kIsCode + "\r\n" + base64("xx") + kCode},
      {"line of odd length in base64", kIsCode + "\r\nabc\r\n" + kCode},
      {"boundary that nobody declared in base64", kIsCode + "\r\n" + kCode + "--b\r\n\r\n" + kCode},
      {"text behind the end", kMultipart + "\r\nshort\r\n--b b--\r\n" + kText},
  };
  for (const auto& [name, mail] : rows) EXPECT_TRUE(find_large_parts(mail, kLeast).empty()) << name;
}

TEST(Base64Decoder, DecodesInPiecesOfAnySize) {
  std::string octets;
  for (int i = 0; i < 1000; ++i) octets += static_cast<char>(i * 7);
  for (const std::size_t length : {0U, 1U, 2U, 3U, 57U, 58U, 1000U}) {
    const auto text = base64(octets.substr(0, length));
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 5000U}) {
      Base64Decoder decoder;
      std::string decoded;
      for (std::size_t at = 0; at < text.size(); at += piece)
        decoded += decoder.decode(std::string_view(text).substr(at, piece));
      EXPECT_EQ(decoded, octets.substr(0, length)) << length << " in pieces of " << piece;
    }
  }
}

}  // namespace
}  // namespace p3scan::worker
