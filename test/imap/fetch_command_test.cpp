// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/fetch_command.h"

#include <gtest/gtest.h>

#include <string>

namespace p3scan::imap {
namespace {

struct Case {
  const char* name;
  std::string command;  // without tag and CRLF
  /// metadata, then the items as name=command, then "content" and "seen"; or "!" for an error
  std::string result;
};

const Case kCases[] = {
    {"flags", "FETCH 1 FLAGS", "FLAGS;"},
    {"uid", "UID FETCH 1:* (UID flags)", "UID FLAGS;"},
    {"whole", "FETCH 1 BODY[]", "; BODY[]=BODY[] content seen"},
    {"peek", "FETCH 1 body.peek[]", "; BODY[]=BODY.PEEK[] content"},
    {"mixed", "FETCH 1,3 (FLAGS BODY.PEEK[1] X-GM-MSGID)", "FLAGS X-GM-MSGID; BODY[1]=BODY.PEEK[1] content"},
    {"nested", "FETCH 1 BODY.PEEK[1.2.3.text]", "; BODY[1.2.3.TEXT]=BODY.PEEK[1.2.3.TEXT] content"},
    {"mime", "FETCH 1 BODY[1.MIME]", "; BODY[1.MIME]=BODY[1.MIME] content seen"},
    {"part_header", "FETCH 1 BODY.PEEK[2.HEADER]", "; BODY[2.HEADER]=BODY.PEEK[2.HEADER] content"},
    {"text", "FETCH 1 BODY.PEEK[TEXT]<0.100>", "; BODY[TEXT]<0>=BODY.PEEK[TEXT]<0.100> content"},
    {"partial", "FETCH 1 BODY[]<1024.5>", "; BODY[]<1024>=BODY[]<1024.5> content seen"},
    {"partial_beyond_32_bits", "FETCH 1 BODY.PEEK[]<5000000000.9999999999>",
     "; BODY[]<5000000000>=BODY.PEEK[]<4294967295.4294967295> content"},
    {"header", "FETCH 1 BODY.PEEK[HEADER]", "; BODY[HEADER]=BODY.PEEK[HEADER] content"},
    {"header_of_the_last", "FETCH * RFC822.HEADER", "; RFC822.HEADER=RFC822.HEADER content"},
    {"headers", "FETCH 1:2 BODY.PEEK[HEADER]", "; BODY[HEADER]=BODY.PEEK[HEADER]"},
    {"headers_of_two", "FETCH 1,2 RFC822.HEADER", "; RFC822.HEADER=RFC822.HEADER"},
    {"header_seen", "FETCH 1 BODY[HEADER]", "; BODY[HEADER]=BODY[HEADER] content seen"},
    {"fields", "FETCH 1 BODY.PEEK[header.fields (To CC)]",
     "; BODY[HEADER.FIELDS (To CC)]=BODY.PEEK[HEADER.FIELDS (To CC)]"},
    {"fields_quoted", R"(FETCH 1 BODY.PEEK[HEADER.FIELDS ("To" "a b")])",
     R"(; BODY[HEADER.FIELDS (To "a b")]=BODY.PEEK[HEADER.FIELDS (To "a b")])"},
    {"fields_literal", "FETCH 1 BODY.PEEK[HEADER.FIELDS ({2}\r\nTo {2+}\r\nCc)]",
     "; BODY[HEADER.FIELDS (To Cc)]=BODY.PEEK[HEADER.FIELDS (To Cc)]"},
    {"fields_not", "FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (To)]<0.9>",
     "; BODY[HEADER.FIELDS.NOT (To)]<0>=BODY.PEEK[HEADER.FIELDS.NOT (To)]<0.9>"},
    {"part_fields", "FETCH 1 BODY.PEEK[1.HEADER.FIELDS (To)]",
     "; BODY[1.HEADER.FIELDS (To)]=BODY.PEEK[1.HEADER.FIELDS (To)] content"},
    {"rfc822", "FETCH 1 (RFC822 RFC822.SIZE RFC822.HEADER RFC822.TEXT)",
     "; RFC822=RFC822 RFC822.SIZE=RFC822.SIZE RFC822.HEADER=RFC822.HEADER RFC822.TEXT=RFC822.TEXT content seen"},
    {"binary", "FETCH 1 (BINARY[1]<0.5> BINARY.PEEK[] BINARY.SIZE[1.2])",
     "; BINARY[1]<0>=BINARY[1]<0.5> BINARY[]=BINARY.PEEK[] BINARY.SIZE[1.2]=BINARY.SIZE[1.2] content seen"},
    {"structure", "FETCH 1 (BODY BODYSTRUCTURE ENVELOPE)", "; BODY=BODY BODYSTRUCTURE=BODYSTRUCTURE ENVELOPE=ENVELOPE"},
    {"all", "FETCH 1 ALL", "FLAGS INTERNALDATE; RFC822.SIZE=RFC822.SIZE ENVELOPE=ENVELOPE"},
    {"fast", "FETCH 1 fast", "FLAGS INTERNALDATE; RFC822.SIZE=RFC822.SIZE"},
    {"full", "FETCH 1 FULL", "FLAGS INTERNALDATE; RFC822.SIZE=RFC822.SIZE ENVELOPE=ENVELOPE BODY=BODY"},
    {"modifiers", "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 5 VANISHED)", "FLAGS; modifiers (CHANGEDSINCE 5 VANISHED)"},
    {"macro_modifiers", "FETCH 1 FAST (CHANGEDSINCE 5)",
     "FLAGS INTERNALDATE; RFC822.SIZE=RFC822.SIZE modifiers (CHANGEDSINCE 5)"},
    {"saved_result", "FETCH $ FLAGS", "FLAGS;"},
    {"twice", "FETCH 1 (FLAGS FLAGS)", "FLAGS;"},
    {"no_items", "FETCH 1", "!"},
    {"empty_list", "FETCH 1 ()", "!"},
    {"no_set", "FETCH FLAGS", "!"},
    {"zero", "FETCH 0 FLAGS", "!"},
    {"huge_number", "FETCH 4294967296 FLAGS", "!"},
    {"open_list", "FETCH 1 (FLAGS", "!"},
    {"two_without_list", "FETCH 1 FLAGS UID", "!"},
    {"nested_list", "FETCH 1 ((FLAGS))", "!"},
    {"preview", "FETCH 1 PREVIEW", "!"},
    {"preview_lazy", "FETCH 1 (PREVIEW (LAZY))", "!"},
    {"snippet", "FETCH 1 SNIPPET", "!"},
    {"unknown_section", "FETCH 1 X-BODY[]", "!"},
    {"unknown_keyword", "FETCH 1 BODY[RAW]", "!"},
    {"mime_of_message", "FETCH 1 BODY[MIME]", "!"},
    {"part_zero", "FETCH 1 BODY[1.0]", "!"},
    {"part_dot", "FETCH 1 BODY[1.]", "!"},
    {"no_fields", "FETCH 1 BODY[HEADER.FIELDS]", "!"},
    {"empty_fields", "FETCH 1 BODY[HEADER.FIELDS ()]", "!"},
    {"field_with_cr", "FETCH 1 BODY[HEADER.FIELDS ({3}\r\na\rb)]", "!"},
    {"partial_without_count", "FETCH 1 BODY[]<5>", "!"},
    {"partial_zero", "FETCH 1 BODY[]<5.0>", "!"},
    {"binary_text", "FETCH 1 BINARY[TEXT]", "!"},
    {"binary_size_partial", "FETCH 1 BINARY.SIZE[1]<0.1>", "!"},
    {"rubbish", "FETCH 1 FLAGS)", "!"},
    {"modifiers_open", "FETCH 1 FLAGS (CHANGEDSINCE 5", "!"},
    {"modifiers_literal", "FETCH 1 FLAGS ({3}\r\nabc)", "!"},
    {"modifiers_two", "FETCH 1 FLAGS (A))(B)", "!"},
    {"too_deep",
     "FETCH 1 BODY[1" +
         [] {
           std::string s;
           for (int i = 0; i < 100; ++i) s += ".1";
           return s;
         }() +
         "]",
     "!"},
};

Result<FetchCommand, std::string_view> parse(const std::string& text) {
  CommandReader reader(100000);
  const auto wire = "a " + text + "\r\n";
  std::string_view view = wire;
  auto status = reader.next(view);
  while (status == CommandReader::Status::literal) status = reader.next(view);
  EXPECT_EQ(status, CommandReader::Status::command);
  return parse_fetch(reader.command());
}

std::string show(const Result<FetchCommand, std::string_view>& fetch) {
  if (!fetch) return "!";
  std::string out;
  for (const auto& item : fetch->metadata) out += (out.empty() ? "" : " ") + item;
  out += ";";
  for (const auto& item : fetch->items) out += " " + item.name + "=" + command_text(item);
  if (fetch->wants_content()) out += " content";
  if (fetch->sets_seen()) out += " seen";
  if (!fetch->modifiers.empty()) out += " modifiers " + fetch->modifiers;
  return out;
}

class FetchCommandTest : public testing::TestWithParam<Case> {};
TEST_P(FetchCommandTest, IsUnderstood) { EXPECT_EQ(show(parse(GetParam().command)), GetParam().result); }
TEST_P(FetchCommandTest, MeansTheSameWhenWritten) {
  const auto fetch = parse(GetParam().command);
  if (!fetch) return;
  const auto text = write_fetch(*fetch, "g1", {});
  ASSERT_TRUE(text.starts_with("g1 ") && text.ends_with("\r\n")) << text;
  const auto again = parse(text.substr(3, text.size() - 5));
  ASSERT_TRUE(again) << text;
  EXPECT_EQ(write_fetch(*again, "g1", {}), text);
  EXPECT_EQ(again->uid, fetch->uid);
  EXPECT_EQ(again->wants_content(), fetch->wants_content());
  EXPECT_EQ(again->sets_seen(), fetch->sets_seen());
}
INSTANTIATE_TEST_SUITE_P(Table, FetchCommandTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(WriteFetch, AsksForTheWholeMessageOnce) {
  const auto fetch = parse("UID FETCH 1:* (FLAGS BODY[1] ENVELOPE BODY[2]) (CHANGEDSINCE 5)");
  EXPECT_EQ(write_fetch(*fetch, "g7", {.whole = true, .uid = true, .flags = true}),
            "g7 UID FETCH 1:* (UID FLAGS BODY.PEEK[]) (CHANGEDSINCE 5)\r\n");
}

TEST(WriteFetch, AddsWhatIsNotThere) {
  const auto fetch = parse("FETCH 2 BODY[1]");
  EXPECT_EQ(write_fetch(*fetch, "g7", {.whole = true, .uid = true, .flags = true}),
            "g7 FETCH 2 (UID FLAGS BODY.PEEK[])\r\n");
  EXPECT_EQ(write_fetch(*fetch, "g7", {.uid = true}), "g7 FETCH 2 (UID BODY[1])\r\n");
}

TEST(FetchCommandLimit, OfItems) {
  std::string list = "FETCH 1 (FLAGS";
  for (std::size_t i = 0; i < FetchCommand::kMostItems; ++i) list += " BODY[]";
  EXPECT_FALSE(parse(list + " BODY[])"));
}

}  // namespace
}  // namespace p3scan::imap
