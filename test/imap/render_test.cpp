// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/render.h"

#include <gtest/gtest.h>

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "imap/fetch_answer.h"
#include "imap/fetch_command.h"

// What Dovecot says of hundreds of mails is compared in oracle.py; these rows are some of its answers.
namespace p3scan::imap {
namespace {

std::vector<FetchItem> items_of(std::string_view text) {
  Command command;
  command.tag = "1";
  command.verb = "FETCH";
  command.text = "1 FETCH 1 (" + std::string(text) + ")\r\n";
  command.arguments = std::string_view("1 FETCH ").size();
  const auto fetch = parse_fetch(command);
  EXPECT_TRUE(fetch) << text;
  return fetch ? fetch->items : std::vector<FetchItem>();
}

std::string joined(std::string_view message, std::span<const proto::Piece> pieces) {
  std::string out;
  for (const auto& piece : pieces) out.append(piece.text).append(message.substr(piece.offset, piece.length));
  return out;
}

std::string said(std::string_view message, std::string_view items, const TreeLimits& limits = {}) {
  return joined(message, render(message, items_of(items), limits).pieces);
}

constexpr std::string_view kPlain =
    "From: Ann <ann@a.test>\r\nTo: g: x@y, z@w;\r\nSubject: one\r\n two\r\nContent-Type: text/plain\r\n\r\nbody\r\n";
constexpr std::string_view kParts =
    "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\nfirst\r\n--b\r\n"
    "Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ninner\r\n--b\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nYQBi\r\n--b--\r\nepilogue\r\n";
constexpr std::string_view kDigest =
    "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: in\r\n\r\nx\r\n--b--\r\n";
constexpr std::string_view kLatin =
    "Subject: Gr\xfc\xdf"
    "e\r\nFrom: \xe4 <a@b>\r\n\r\n";

struct Row {
  std::string_view message;
  std::string_view items;
  std::string_view answer;
};

class RenderTest : public testing::TestWithParam<Row> {};

TEST_P(RenderTest, SaysWhatDovecotSays) { EXPECT_EQ(said(GetParam().message, GetParam().items), GetParam().answer); }

constexpr Row kSections[] = {
    {kPlain, "BODY[TEXT]", "BODY[TEXT] {6}\r\nbody\r\n"},
    {kPlain, "BODY[1]", "BODY[1] {6}\r\nbody\r\n"},
    {kPlain, "BODY[2]", "BODY[2] {0}\r\n"},
    {kPlain, "BODY[1]<1.2> BODY[1]<5.9> BODY[1]<6.1> BODY[1]<4294967295.1>",
     "BODY[1]<1> {2}\r\nod BODY[1]<5> {1}\r\n\n BODY[1]<6> {0}\r\n BODY[1]<4294967295> {0}\r\n"},
    {kPlain, "BODY[HEADER.FIELDS (SUBJECT FROM)]",
     "BODY[HEADER.FIELDS (SUBJECT FROM)] {46}\r\nFrom: Ann <ann@a.test>\r\nSubject: one\r\n two\r\n\r\n"},
    {kPlain, "BODY[HEADER.FIELDS.NOT (TO SUBJECT)]<0.4>", "BODY[HEADER.FIELDS.NOT (TO SUBJECT)]<0> {4}\r\nFrom"},
    {"", "BODY[HEADER.FIELDS (TO)] RFC822 RFC822.SIZE",
     "BODY[HEADER.FIELDS (TO)] {2}\r\n\r\n RFC822 {0}\r\n RFC822.SIZE 0"},
    {"x", "BODY[HEADER] BODY[TEXT]", "BODY[HEADER] {1}\r\nx BODY[TEXT] {0}\r\n"},
    {kParts, "BODY[1] BODY[2]", "BODY[1] {5}\r\nfirst BODY[2] {20}\r\nSubject: in\r\n\r\ninner"},
    {kParts, "BODY[2.MIME]", "BODY[2.MIME] {32}\r\nContent-Type: message/rfc822\r\n\r\n"},
    {kParts, "BODY[2.HEADER] BODY[2.TEXT]", "BODY[2.HEADER] {15}\r\nSubject: in\r\n\r\n BODY[2.TEXT] {5}\r\ninner"},
    {kParts, "BODY[2.1] BODY[2.1.MIME]", "BODY[2.1] {5}\r\ninner BODY[2.1.MIME] {15}\r\nSubject: in\r\n\r\n"},
    {kParts, "BODY[1.HEADER] BODY[4] BODY[2.2]", "BODY[1.HEADER] {0}\r\n BODY[4] {0}\r\n BODY[2.2] {0}\r\n"},
    {kParts, "BINARY.SIZE[3] BINARY[1] BINARY[3]<1.2>",
     std::string_view("BINARY.SIZE[3] 3 BINARY[1] {5}\r\nfirst BINARY[3]<1> ~{2}\r\n\0b", 59)},
};
INSTANTIATE_TEST_SUITE_P(Sections, RenderTest, testing::ValuesIn(kSections));

constexpr Row kStructures[] = {
    {kPlain, "ENVELOPE",
     "ENVELOPE (NIL {7}\r\none two ((\"Ann\" NIL \"ann\" \"a.test\")) ((\"Ann\" NIL \"ann\" \"a.test\")) ((\"Ann\" NIL "
     "\"ann\" "
     "\"a.test\")) ((NIL NIL \"g\" NIL)(NIL NIL \"x\" \"y\")(NIL NIL \"z\" \"w\")(NIL NIL NIL NIL)) NIL NIL NIL NIL)"},
    {kPlain, "BODYSTRUCTURE BODY",
     "BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 6 1 NIL NIL NIL NIL) "
     "BODY (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 6 1)"},
    {kParts, "BODY",
     "BODY ((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 5 0)(\"message\" \"rfc822\" NIL NIL NIL "
     "\"7bit\" 20 "
     "(NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 5 "
     "0) 2)"
     "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"base64\" 4 0) \"mixed\")"},
    {kDigest, "BODY[1.HEADER] BODY",
     "BODY[1.HEADER] {15}\r\nSubject: in\r\n\r\n BODY ((\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 16 (NIL \"in\" NIL "
     "NIL NIL "
     "NIL NIL NIL NIL NIL) (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 1 0) 2) \"digest\")"},
    {"Content-Type: multipart/mixed; boundary=b\r\n\r\nnothing\r\n", "BODY",
     "BODY ((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0) \"mixed\")"},
    {"Content-Type: image/png; name*0*=utf-8''%41; name*1=b\r\nContent-Disposition: attachment; filename=a\r\n"
     "Content-Language: de, en\r\nContent-MD5: m\r\nContent-Location: l\r\n\r\nx",
     "BODYSTRUCTURE",
     "BODYSTRUCTURE (\"image\" \"png\" (\"name*\" \"utf-8''%41b\") NIL NIL \"7bit\" 1 \"m\" (\"attachment\" "
     "(\"filename\" "
     "\"a\")) (\"de\" \"en\") \"l\")"},
    {kLatin, "ENVELOPE",
     "ENVELOPE (NIL {5}\r\nGr\xfc\xdf"
     "e (({1}\r\n\xe4 NIL \"a\" \"b\")) (({1}\r\n\xe4 NIL \"a\" \"b\")) (({1}\r\n\xe4 NIL \"a\" "
     "\"b\")) NIL NIL NIL NIL NIL)"},
};
INSTANTIATE_TEST_SUITE_P(Structures, RenderTest, testing::ValuesIn(kStructures));

TEST(Render, PointsToTheOctetsOfTheMessage) {
  const auto message = "Subject: x\r\n\r\n" + std::string(1 << 20, 'a');
  const auto pieces = render(message, items_of("BODY[] BODY[TEXT]<5.100>")).pieces;
  std::size_t text = 0;
  for (const auto& piece : pieces) text += piece.text.size();
  EXPECT_LT(text, 100U);
}

TEST(Render, AnswersInFullWords) {
  const FetchAnswer answer(7, "UID 3", items_of("BODY[1] RFC822.SIZE"));
  EXPECT_EQ(joined(kPlain, answer.make(kPlain)), "* 7 FETCH (UID 3 BODY[1] {6}\r\nbody\r\n RFC822.SIZE 96)\r\n");
  const FetchAnswer only(7, "", items_of("BODY[1]"));
  EXPECT_EQ(joined(kPlain, only.make(kPlain)), "* 7 FETCH (BODY[1] {6}\r\nbody\r\n)\r\n");
  const FetchAnswer nothing(7, "UID 3", {});
  EXPECT_EQ(joined(kPlain, nothing.make(kPlain)), "* 7 FETCH (UID 3)\r\n");
}

struct TroubleRow {
  const char* name;
  std::string_view encoding;
  std::string_view body;
  std::string_view trouble;
};

constexpr TroubleRow kTroubles[] = {
    {"good", "base64", "YQ==", ""},
    {"unknown", "x-uuencode", "begin 644 x", "UNKNOWN-CTE"},
    {"broken", "base64", "%%%%", "PARSE"},
};

TEST(Render, SaysWhyNothingCanBeSaid) {
  for (const auto& row : kTroubles) {
    const auto message = "MIME-Version: 1.0\r\nContent-Transfer-Encoding: " + std::string(row.encoding) + "\r\n\r\n" +
                         std::string(row.body);
    for (const auto* const items : {"BINARY[1]", "BINARY.SIZE[1]", "UID BINARY.PEEK[1]<0.2> RFC822.SIZE"}) {
      const FetchAnswer answer(7, "", items_of(items));
      EXPECT_EQ(answer.make(message).empty(), !row.trouble.empty()) << row.name << ' ' << items;
      EXPECT_EQ(answer.trouble(), row.trouble) << row.name << ' ' << items;
    }
    const FetchAnswer plain(7, "", items_of("BODY[1]"));
    EXPECT_FALSE(plain.make(message).empty());
    EXPECT_EQ(plain.trouble(), "") << row.name;
  }
}

TEST(Render, DividesNoPartsBeyondTheLimits) {
  EXPECT_EQ(said(kParts, "BODY", {.parts = 10, .depth = 1}),
            "BODY (\"application\" \"octet-stream\" (\"boundary\" \"b\") NIL NIL \"7bit\" 148)");
  EXPECT_EQ(said(kParts, "BODY[2]", {.parts = 2, .depth = 9}), "BODY[2] {0}\r\n");
}

TEST(Render, DoesNotRepeatItselfWithoutEnd) {
  const auto message = "Content-Transfer-Encoding: base64\r\nMIME-Version: 1.0\r\n\r\n" + std::string(4 << 20, 'A');
  std::string items = "BINARY[1]";
  for (int i = 0; i < 99; ++i) items += " BINARY[1]";
  const auto [pieces, trouble] = render(message, items_of(items));
  EXPECT_EQ(trouble, "LIMIT");
  std::size_t text = 0;
  for (const auto& piece : pieces) text += piece.text.size();
  EXPECT_LT(text, std::size_t{40} << 20);
  EXPECT_TRUE(pieces.back().text.ends_with(" BINARY[1] NIL"));
}

TEST(Render, TakesLinearTime) {
  std::string message = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 300000; ++i) message += "--b\r\n--x\r\n";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_GT(said(message, "BODYSTRUCTURE BINARY.SIZE[1]").size(), 100000U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

}  // namespace
}  // namespace p3scan::imap
