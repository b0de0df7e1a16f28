// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/response_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "support/chunks.h"

namespace p3scan::imap {
namespace {

using Status = ResponseReader::Status;

constexpr std::size_t kLimit = 100;

struct Case {
  const char* name;
  std::string wire;
  std::string log;
};

const std::string kNul(1, '\0');

std::string repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// <kind number name|arguments> (and the data of FETCH as {name=value}); S{name size} octets; # broken.
const Case kCases[] = {
    {"untagged", "* OK [X] hello\r\n", "<* OK|[X] hello>"},
    {"tagged", "a1 ok done\r\na2 NO\r\na3 BAD \r\n", "<a1 OK|done><a2 NO|><a3 BAD|>"},
    {"continuation", "+ go on\r\n+\r\n+ \r\n", "<+ |go on><+ |><+ |>"},
    {"number", "* 5 exists\r\n* 4294967295 EXPUNGE\r\n", "<* 5 EXISTS|><* 4294967295 EXPUNGE|>"},
    {"number_too_large", "* 4294967296 EXISTS\r\n", "#"},
    {"list_literal", "* LIST () \"/\" {3}\r\na\"b\r\n", "<* LIST|() \"/\" {3}\r\na\"b>"},
    {"list_quoted_brace", "* LIST () \"/\" \"a{3}\"\r\n", "<* LIST|() \"/\" \"a{3}\">"},
    {"incomplete", "* OK", ""},
    {"bare_lf", "* OK x\n", "#"},
    {"lf_inside", "* OK x\ny\r\n", "#"},
    {"cr_inside", "* OK x\ry\r\n", "#"},
    {"two_cr", "* OK x\r\r\n", "#"},
    {"nul", "* OK x" + kNul + "\r\n", "#"},
    {"empty", "\r\n", "#"},
    {"star_alone", "*\r\n", "#"},
    {"tag_alone", "a1\r\n", "#"},
    {"tagged_name", "a1 FETCH x\r\n", "#"},
    {"pop3", "+OK hello\r\n", "#"},
    {"smtp", "220 hello\r\n", "#"},
    {"blank_in_front", " * OK\r\n", "#"},
    {"two_blanks", "*  OK x\r\n", "#"},
    {"text_with_literal", "* OK hello {5}\r\n", "#"},
    {"text_with_plus_literal", "* OK hello {5+}\r\n", "#"},
    {"text_in_braces", "* OK hello {you}\r\n", "<* OK|hello {you}>"},
    {"tagged_literal", "a1 OK {5}\r\n", "#"},
    {"continuation_literal", "+ {5}\r\n", "#"},
    {"unknown_literal", "* XFOO {5}\r\n", "#"},
    {"exists_literal", "* 5 EXISTS {5}\r\n", "#"},
    {"search_literal", "* SEARCH 1 {5}\r\n", "#"},
    {"fetch_without_number", "* FETCH {5}\r\n", "#"},
    {"list_number_literal", "* 5 LIST {5}\r\n", "#"},
    {"literal_plus", "* LIST () \"/\" {3+}\r\nabc\r\n", "#"},
    {"literal_in_word", "* LIST () \"/\" a{3}\r\nabc\r\n", "#"},
    {"literal_in_quotes", "* LIST () \"/\" \"a {3}\r\nabc\r\n", "#"},
    {"literal_huge", "* LIST () \"/\" {4294967295}\r\nabc\r\n", "#"},
    {"literal_overflow", "* 1 FETCH (BODY[] {99999999999999999999}\r\nabc\r\n", "#"},
    {"too_long", "* OK " + std::string(200, 'x') + "\r\n", "#"},
    {"too_long_without_end", "* OK " + std::string(200, 'x'), "#"},
    {"literals_too_long", "* LIST () {60}\r\n" + std::string(60, 'x') + " {60}\r\n", "#"},

    {"fetch_flags", "* 3 FETCH (FLAGS (\\Seen $x) UID 7)\r\n",
     "<* 3 FETCH|(FLAGS (\\Seen $x) UID 7){FLAGS=(\\Seen $x)}{UID=7}>"},
    {"fetch_empty", "* 3 FETCH ()\r\n", "<* 3 FETCH|()>"},
    {"fetch_quoted",
     R"(* 3 FETCH (INTERNALDATE "24-Nov" X "a\")\\" Y NIL))"
     "\r\n",
     R"(<* 3 FETCH|(INTERNALDATE "24-Nov" X "a\")\\" Y NIL){INTERNALDATE="24-Nov"}{X="a\")\\"}{Y=NIL}>)"},
    {"fetch_nested", "* 3 FETCH (ENVELOPE (\"a)\" {2}\r\n)( ((NIL)(\"b\")))  UID 1)\r\n",
     "<* 3 FETCH|(ENVELOPE (\"a)\" {2}\r\n)( ((NIL)(\"b\")))  UID 1)"
     "{ENVELOPE=(\"a)\" {2}\r\n)( ((NIL)(\"b\")))}{UID=1}>"},
    {"fetch_header_literal", "* 3 FETCH (BODY[HEADER.FIELDS (\"To\" Cc)]<0> {4}\r\n\r\n\r\n UID 1)\r\n",
     "<* 3 FETCH|(BODY[HEADER.FIELDS (\"To\" Cc)]<0> {4}\r\n\r\n\r\n UID 1)"
     "{BODY[HEADER.FIELDS (\"To\" Cc)]<0>={4}\r\n\r\n\r\n}{UID=1}>"},
    {"fetch_name_literal", "* 3 FETCH (BODY[HEADER.FIELDS ({2}\r\nTo)] \"\")\r\n",
     "<* 3 FETCH|(BODY[HEADER.FIELDS ({2}\r\nTo)] \"\"){BODY[HEADER.FIELDS ({2}\r\nTo)]=\"\"}>"},
    {"fetch_body", "* 3 FETCH (UID 1 BODY[] {5}\r\nhello FLAGS ())\r\n",
     "S{BODY[] 5}hello<* 3 FETCH|(UID 1 BODY[] {5}\r\n FLAGS ()){UID=1}{BODY[]={5}\r\n*}{FLAGS=()}>"},
    {"fetch_body_empty", "* 3 FETCH (BODY[] {0}\r\n)\r\n", "S{BODY[] 0}<* 3 FETCH|(BODY[] {0}\r\n){BODY[]={0}\r\n*}>"},
    {"fetch_body_quoted", "* 3 FETCH (BODY[] \"hi\")\r\n", "<* 3 FETCH|(BODY[] \"hi\"){BODY[]=\"hi\"}>"},
    {"fetch_binary", "* 3 FETCH (BINARY[1] ~{3}\r\na" + kNul + "b)\r\n",
     "S{BINARY[1] 3}a" + kNul + "b<* 3 FETCH|(BINARY[1] ~{3}\r\n){BINARY[1]=~{3}\r\n*}>"},
    {"fetch_content_larger_than_limit", "* 3 FETCH (RFC822 {300}\r\n" + std::string(300, 'x') + ")\r\n",
     "S{RFC822 300}" + std::string(300, 'x') + "<* 3 FETCH|(RFC822 {300}\r\n){RFC822={300}\r\n*}>"},
    {"fetch_large_header", "* 3 FETCH (RFC822.HEADER {30}\r\n" + std::string(30, 'x') + ")\r\n",
     "S{RFC822.HEADER 30}" + std::string(30, 'x') + "<* 3 FETCH|(RFC822.HEADER {30}\r\n){RFC822.HEADER={30}\r\n*}>"},
    {"fetch_large_envelope", "* 3 FETCH (ENVELOPE ({90}\r\n", "#"},
    {"fetch_one_octet_short", "* 3 FETCH (BODY[] {5}\r\nhell)\r\na1 OK\r\n", "S{BODY[] 5}hell)#"},
    {"fetch_one_octet_more", "* 3 FETCH (BODY[] {5}\r\nhello!)\r\n", "S{BODY[] 5}hello#"},
    {"fetch_unknown_literal", "* 3 FETCH (X {3}\r\nabc)\r\n", "#"},
    {"fetch_unknown_nested_literal", "* 3 FETCH (X (1 {3}\r\nabc))\r\n", "#"},
    {"fetch_labels", "* 3 FETCH (X-GM-LABELS (\"\\\\Inbox\" {3}\r\nabc))\r\n",
     "<* 3 FETCH|(X-GM-LABELS (\"\\\\Inbox\" {3}\r\nabc)){X-GM-LABELS=(\"\\\\Inbox\" {3}\r\nabc)}>"},
    {"fetch_no_list", "* 3 FETCH UID 1\r\n", "#"},
    {"fetch_open", "* 3 FETCH (UID 1\r\n", "#"},
    {"fetch_value_missing", "* 3 FETCH (UID)\r\n", "#"},
    {"fetch_value_missing_blank", "* 3 FETCH (UID )\r\n", "#"},
    {"fetch_behind", "* 3 FETCH (UID 1) x\r\n", "#"},
    {"fetch_behind_literal", "* 3 FETCH (UID 1) {3}\r\n", "#"},
    {"fetch_name_is_literal", "* 3 FETCH ({3}\r\nUID 1)\r\n", "#"},
    {"fetch_open_quote", "* 3 FETCH (X \"a)\r\n", "#"},
    {"fetch_open_quote_literal", "* 3 FETCH (X (\"a {3}\r\n", "#"},
    {"fetch_glued_literal", "* 3 FETCH (X 1{3}\r\n", "#"},
    {"fetch_glued_values", "* 3 FETCH (X \"a\"Y 1)\r\n", "<* 3 FETCH|(X \"a\"Y 1){X=\"a\"}{Y=1}>"},
    {"fetch_unbalanced", "* 3 FETCH (X (a)) Y)\r\n", "#"},
    {"fetch_quote_in_atom", "* 3 FETCH (X a\"b)\r\n", "#"},
    {"vanished", "* VANISHED (EARLIER) 1:5\r\n", "<* VANISHED|(EARLIER) 1:5>"},
};

std::string show(const Response& r) {
  std::string out = "<";
  if (r.kind == Response::Kind::untagged) out += "* ";
  if (r.kind == Response::Kind::continuation) out += "+ ";
  if (r.kind == Response::Kind::tagged) out += r.tag + " ";
  if (r.number) out += std::to_string(*r.number) + " ";
  out += r.name + "|" + std::string(r.arguments());
  for (const auto& datum : r.data)
    out.append("{").append(r.name_of(datum)).append("=").append(r.value_of(datum)).append(datum.streamed ? "*}" : "}");
  return out + (r.more ? "..." : ">");
}

std::string run(std::string_view wire, std::size_t step) {
  ResponseReader reader(kLimit);
  std::string log;
  auto status = Status::need_more;
  test::feed(wire, step, [&](std::string_view& view, bool) {
    while (status != Status::broken) {
      status = reader.next(view);
      if (status == Status::need_more) return;
      if (status == Status::response) log += show(reader.response());
      if (status == Status::octets) log += reader.octets();
      if (status == Status::literal)
        log.append("S{")
            .append(reader.streamed().name)
            .append(" ")
            .append(std::to_string(reader.streamed().size))
            .append("}");
      EXPECT_LE(reader.response().text.size(), kLimit + 1);
    }
    EXPECT_FALSE(reader.why().empty());
    view = {};
  });
  return log + (status == Status::broken ? "#" : "");
}

class ResponseReaderTest : public testing::TestWithParam<Case> {};
TEST_P(ResponseReaderTest, SameResponsesForEveryChunking) {
  for (const auto step : test::kChunkSizes) EXPECT_EQ(run(GetParam().wire, step), GetParam().log) << step;
}
INSTANTIATE_TEST_SUITE_P(Table, ResponseReaderTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(ResponseReaderLists, GoOnInParts) {
  const auto wire = "* SEARCH" + repeat(" 12345", 500) + "\r\na1 OK\r\n";
  for (const auto step : test::kChunkSizes) {
    ResponseReader reader(kLimit);
    std::string text;
    int parts = 0;
    bool more = false;
    test::feed(wire, step, [&](std::string_view& view, bool) {
      for (auto status = reader.next(view); status != Status::need_more; status = reader.next(view)) {
        ASSERT_EQ(status, Status::response) << reader.why();
        if (parts == 0 || more) EXPECT_EQ(reader.response().name, "SEARCH");
        more = reader.response().more;
        text += reader.take().text;
        ++parts;
      }
    });
    EXPECT_EQ(text, wire) << step;
    EXPECT_FALSE(more);
    EXPECT_GT(parts, 3);
  }
}

TEST(ResponseReaderLists, HideNothingInAPart) {
  for (const std::string& bad : {std::string("\r"), kNul, std::string(" {5}\r\nabcde")}) {
    const auto wire = "* SEARCH" + repeat(" 12345", 100) + bad + repeat(" 12345", 100) + "\r\n";
    const auto log = run(wire, 7);
    EXPECT_EQ(log.back(), '#') << log;
    EXPECT_FALSE(log.contains(bad));
  }
}

TEST(FetchWords, OfUnknownItemsAreShort) {
  for (const auto* name : {"X", "SAVEDATE", "ENVELOPE", "FLAGS"}) {
    const auto wire = "* 1 FETCH (" + std::string(name) + " (" + repeat("\"abc\" ", 1000) + "))\r\n";
    ResponseReader reader(10000);
    std::string_view view = wire;
    EXPECT_EQ(reader.next(view) == Status::response, may_be_long(name)) << name;
  }
}

TEST(FetchDepth, IsBounded) {
  for (const int depth : {static_cast<int>(FetchScanner::kDeepest), static_cast<int>(FetchScanner::kDeepest) + 1}) {
    const auto wire = "* 1 FETCH (BODY " + repeat("(", depth) + repeat(")", depth) + ")\r\n";
    ResponseReader reader(10000);
    std::string_view view = wire;
    EXPECT_EQ(reader.next(view) == Status::response, depth == static_cast<int>(FetchScanner::kDeepest));
  }
}

struct CodeCase {
  const char* name;
  std::string wire;
  std::string code;  // name(arguments)text
};
const CodeCase kCodeCases[] = {
    {"none", "* OK hello\r\n", ""},
    {"alone", "* OK [CLOSED]\r\n", "CLOSED()"},
    {"number", "* OK [uidvalidity 5] yes [1]\r\n", "UIDVALIDITY(5)yes [1]"},
    {"tagged", "a1 NO [READ-ONLY] no\r\n", "READ-ONLY()no"},
    {"flags", "* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n", "PERMANENTFLAGS((\\Seen \\*))x"},
    {"quoted", "* NO [BADCHARSET (\"a]\" b)] x\r\n", "BADCHARSET((\"a]\" b))x"},
    {"capability", "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] x\r\n", "CAPABILITY(IMAP4rev1 IDLE)x"},
    {"open", "* OK [CLOSED\r\n", ""},
    {"no_status", "* LIST [CLOSED] x\r\n", ""},
};
class CodeTest : public testing::TestWithParam<CodeCase> {};
TEST_P(CodeTest, IsFound) {
  ResponseReader reader(1000);
  std::string_view view = GetParam().wire;
  ASSERT_EQ(reader.next(view), Status::response);
  const auto code = response_code(reader.response());
  std::string shown;
  if (code) {
    const auto brackets = reader.response().text.substr(code->at, code->length);
    EXPECT_TRUE(brackets.starts_with('[') && brackets.ends_with(']')) << brackets;
    shown.append(code->name).append("(").append(code->arguments).append(")").append(code->text);
  }
  EXPECT_EQ(shown, GetParam().code);
}
INSTANTIATE_TEST_SUITE_P(Table, CodeTest, testing::ValuesIn(kCodeCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(StringValue, OnTheWire) {
  EXPECT_EQ(string_value("NIL"), std::nullopt);
  EXPECT_EQ(string_value("(a)"), std::nullopt);
  EXPECT_EQ(string_value("12"), "12");
  EXPECT_EQ(string_value(R"("a\"\\")"), R"(a"\)");
  EXPECT_EQ(string_value("{3}\r\na\nb"), "a\nb");
  EXPECT_EQ(string_value("~{0}\r\n"), "");
}

TEST(Names, OfContent) {
  for (const auto* name : {"BODY[]", "body[]<0>", "BODY[TEXT]", "BODY[1]", "BODY[1.HEADER]", "BODY[1.MIME]",
                           "BODY[HEADERS]", "BINARY[1]", "RFC822", "rfc822.text"})
    EXPECT_TRUE(names_content(name)) << name;
  for (const auto* name :
       {"BODY[HEADER]", "body[header]<0>", "BODY[HEADER.FIELDS (To)]", "BODY[HEADER.FIELDS.NOT (To)]", "RFC822.HEADER",
        "RFC822.SIZE", "BODY", "BODYSTRUCTURE", "BINARY.SIZE[1]", "UID", ""})
    EXPECT_FALSE(names_content(name)) << name;
}

}  // namespace
}  // namespace p3scan::imap
