// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/command_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "support/chunks.h"

namespace p3scan::imap {
namespace {

using std::string_literals::operator""s;
using Status = CommandReader::Status;

constexpr std::size_t kLimit = 80;

struct Case {
  const char* name;
  std::string wire;
  std::string log;
};

const std::string kNul(1, '\0');

// <tag verb|text>; + wants a literal; M{size} message begins, its octets, M. its end; ! refused; # broken.
const Case kCases[] = {
    {"plain", "a1 noop\r\n", "<a1 NOOP|a1 noop\r\n>"},
    {"two", "a1 NOOP\r\na2 CHECK\r\n", "<a1 NOOP|a1 NOOP\r\n><a2 CHECK|a2 CHECK\r\n>"},
    {"lf_alone", "a1 NOOP\na2 NOOP\n", "<a1 NOOP|a1 NOOP\r\n><a2 NOOP|a2 NOOP\r\n>"},
    {"uid", "a1 uid fetch 1 (FLAGS)\r\n", "<a1 UID FETCH|a1 uid fetch 1 (FLAGS)\r\n>"},
    {"incomplete", "a1 NOOP", ""},
    {"blank_lines", "\r\n\na1 NOOP\r\n\r\n", "<a1 NOOP|a1 NOOP\r\n>"},
    {"quoted", "a1 LOGIN \"a{3}\" \"b\\\"{4}\"\r\n", "<a1 LOGIN|a1 LOGIN \"a{3}\" \"b\\\"{4}\"\r\n>"},
    {"literal", "a1 LOGIN {3}\r\nfoo {3}\r\nbar\r\n", "++<a1 LOGIN|a1 LOGIN {3}\r\nfoo {3}\r\nbar\r\n>"},
    {"literal_plus", "a1 LOGIN {3+}\r\nf\no {0+}\r\n\r\n", "<a1 LOGIN|a1 LOGIN {3+}\r\nf\no {0+}\r\n\r\n>"},
    {"literal8", "a1 SEARCH TEXT ~{1}\r\nx\r\n", "+<a1 SEARCH|a1 SEARCH TEXT ~{1}\r\nx\r\n>"},
    {"literal_in_list", "a1 FETCH 1 BODY[HEADER.FIELDS ({4+}\r\nDate)]\r\n",
     "<a1 FETCH|a1 FETCH 1 BODY[HEADER.FIELDS ({4+}\r\nDate)]\r\n>"},
    {"literal_lf", "a1 X {1}\na\na2 NOOP\n", "+<a1 X|a1 X {1}\r\na\r\n><a2 NOOP|a2 NOOP\r\n>"},
    {"literal_ends_with_cr", "a1 X {2}\r\nb\r\na2 NOOP\r\n", "+<a1 X|a1 X {2}\r\nb\r\r\n><a2 NOOP|a2 NOOP\r\n>"},
    {"literal_too_long", "a1 X {81}\r\na2 NOOP\r\n", "!a1 <a2 NOOP|a2 NOOP\r\n>"},
    {"literal_plus_too_long", "a1 X {81+}\r\n" + std::string(81, 'x') + " {3+}\r\nabc {4}\r\na2 NOOP\r\n",
     "!a1 <a2 NOOP|a2 NOOP\r\n>"},
    {"literal_huge", "a1 X {18446744073709551616}\r\na2 NOOP\r\n", "!a1 <a2 NOOP|a2 NOOP\r\n>"},
    {"literal_in_open_quote", "a1 X \"b {3}\r\na2 NOOP\r\n", "!a1 <a2 NOOP|a2 NOOP\r\n>"},
    {"literal_in_word", "a1 X b{3+}\r\nabc\r\na2 NOOP\r\n", "!a1 <a2 NOOP|a2 NOOP\r\n>"},
    {"literal_not_at_end", "a1 X {3} \r\n", "!a1 "},
    {"odd_quotes_and_literal", "a1 X b\" \"c {3}\r\n", "!a1 "},
    {"braces", "a1 X {3} {3}\r\n", "!a1 "},
    {"closing_brace", "a1 CREATE foo}\r\n", "<a1 CREATE|a1 CREATE foo}\r\n>"},
    {"open_quote", "a1 LOGIN \"b\r\n", "!a1 "},
    {"nul", "a1 X" + kNul + "\r\na2 NOOP\r\n", "!a1 <a2 NOOP|a2 NOOP\r\n>"},
    {"nul_in_argument", "a1 X b" + kNul + "c\r\n", "!a1 "},
    {"cr", "a1 X b\rc\r\n", "!a1 "},
    {"two_cr", "a1 X\r\r\n", "!a1 "},
    {"plus_is_no_tag", "+ X\r\n", "! "},
    {"star_is_no_tag", "* X\r\n", "! "},
    {"blank_in_front", " a1 NOOP\r\n", "! "},
    {"no_verb", "a1\r\n", "!a1 "},
    {"two_blanks", "a1  NOOP\r\n", "!a1 "},
    {"tab", "a1\tNOOP\r\n", "! "},
    {"http", "GET / HTTP/1.1\r\n", "!GET "},
    {"too_long", "a1 X " + std::string(80, 'x') + "\r\na2 NOOP\r\n", "#a1 "},
    {"too_long_without_end", "a1 " + std::string(200, 'x'), "#a1 "},
    {"append", "a1 APPEND box {5}\r\nhello\r\n", "M{5}helloM.<a1 APPEND|a1 APPEND box {5}\r\n\r\n>"},
    {"append_plus", "a1 append box {5+}\r\nhello\r\na2 NOOP\r\n",
     "M{5+}helloM.<a1 APPEND|a1 append box {5+}\r\n\r\n><a2 NOOP|a2 NOOP\r\n>"},
    {"append_options", "a1 APPEND \"b x\" (\\Seen) \"24-Nov-2026 00:00:00 +0000\" {5}\r\nhello\r\n",
     "M{5}helloM.<a1 APPEND|a1 APPEND \"b x\" (\\Seen) \"24-Nov-2026 00:00:00 +0000\" {5}\r\n\r\n>"},
    {"append_mailbox_literal", "a1 APPEND {3}\r\nbox () {2}\r\nhi\r\n",
     "+M{2}hiM.<a1 APPEND|a1 APPEND {3}\r\nbox () {2}\r\n\r\n>"},
    {"append_utf8", "a1 APPEND b UTF8 (~{2+}\r\nhi)\r\n", "M{2+}hiM.<a1 APPEND|a1 APPEND b UTF8 (~{2+}\r\n)\r\n>"},
    {"append_literal8", "a1 APPEND b ~{3}\r\na" + kNul + "b\r\n",
     "M{3}a" + kNul + "bM.<a1 APPEND|a1 APPEND b ~{3}\r\n\r\n>"},
    {"append_larger_than_limit", "a1 APPEND b {200}\r\n" + std::string(200, 'x') + "\r\n",
     "M{200}" + std::string(200, 'x') + "M.<a1 APPEND|a1 APPEND b {200}\r\n\r\n>"},
    {"append_empty", "a1 APPEND b {0}\r\n\r\n", "M{0}M.<a1 APPEND|a1 APPEND b {0}\r\n\r\n>"},
    {"multiappend", "a1 APPEND b {2}\r\nhi (\\Draft) {3+}\r\nyou\r\n",
     "M{2}hiM.M{3+}youM.<a1 APPEND|a1 APPEND b {2}\r\n (\\Draft) {3+}\r\n\r\n>"},
    {"multiappend_utf8", "a1 APPEND b UTF8 (~{2}\r\nhi) UTF8 (~{3+}\r\nyou)\r\n",
     "M{2}hiM.M{3+}youM.<a1 APPEND|a1 APPEND b UTF8 (~{2}\r\n) UTF8 (~{3+}\r\n)\r\n>"},
    {"append_utf8_not_closed", "a1 APPEND b UTF8 (~{2}\r\nhi\r\na2 NOOP\r\n", "M{2}hiM.!a1 <a2 NOOP|a2 NOOP\r\n>"},
    {"append_rubbish_behind", "a1 APPEND b {2}\r\nhix\r\n", "M{2}hiM.!a1 "},
    {"append_no_message", "a1 APPEND b\r\n", "!a1 "},
    {"append_no_mailbox", "a1 APPEND\r\n", "!a1 "},
    {"append_catenate", "a1 APPEND b CATENATE (TEXT {3+}\r\nabc URL \"x\")\r\na2 NOOP\r\n",
     "!a1 <a2 NOOP|a2 NOOP\r\n>"},
    {"append_unknown_option", "a1 APPEND b (\\Seen) (x) {3}\r\n", "!a1 "},
    {"append_glued", "a1 APPEND b(\\Seen) {3}\r\n", "!a1 "},
    {"append_flag_literal", "a1 APPEND b ({3}\r\n", "!a1 "},
};

std::string show(CommandReader& reader, Status status) {
  const auto& command = reader.command();
  switch (status) {
    case Status::need_more: return "";
    case Status::command:
      return "<" + command.tag + (command.uid ? " UID " : " ") + command.verb + "|" + command.text + ">";
    case Status::literal: return "+";
    case Status::message: {
      const auto& literal = command.literals.back();
      EXPECT_TRUE(literal.message);
      EXPECT_EQ(literal.at, command.text.size());
      return "M{" + std::to_string(literal.size) + (literal.sync ? "}" : "+}");
    }
    case Status::octets: return std::string(reader.octets());
    case Status::message_end: return "M.";
    case Status::data: return "[" + reader.data() + "]";
    case Status::refused: EXPECT_NE(reader.why(), ""); return "!" + command.tag + " ";
    case Status::broken: EXPECT_NE(reader.why(), ""); return "#" + command.tag + " ";
  }
  return "?";
}

std::string run(std::string_view wire, std::size_t step, Status refuse_at = Status::need_more) {
  CommandReader reader(kLimit);
  std::string log;
  auto status = Status::need_more;
  test::feed(wire, step, [&](std::string_view& view, bool) {
    while (status != Status::broken) {
      status = reader.next(view);
      log += show(reader, status);
      if (status == Status::need_more) return;
      if (status == refuse_at) reader.refuse();
    }
    view = {};
  });
  return log;
}

class CommandReaderTest : public testing::TestWithParam<Case> {};
TEST_P(CommandReaderTest, SameCommandsForEveryChunking) {
  for (const auto step : test::kChunkSizes) EXPECT_EQ(run(GetParam().wire, step), GetParam().log) << step;
}
INSTANTIATE_TEST_SUITE_P(Table, CommandReaderTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

struct RefuseCase {
  const char* name;
  Status at;
  std::string wire;
  std::string log;
};
const RefuseCase kRefuseCases[] = {
    {"literal", Status::literal, "a1 LOGIN {3}\r\na2 NOOP\r\n", "+<a2 NOOP|a2 NOOP\r\n>"},
    {"message", Status::message, "a1 APPEND b {3}\r\na2 NOOP\r\n", "M{3}<a2 NOOP|a2 NOOP\r\n>"},
    {"message_plus", Status::message, "a1 APPEND b {9+}\r\na3 NOOP\r\n {1+}\r\nx\r\na2 NOOP\r\n",
     "M{9+}<a2 NOOP|a2 NOOP\r\n>"},
    {"message_end", Status::message_end, "a1 APPEND b {3}\r\nabc (\\Seen) {3+}\r\nabc\r\na2 NOOP\r\n",
     "M{3}abcM.<a2 NOOP|a2 NOOP\r\n>"},
    {"message_end_sync", Status::message_end, "a1 APPEND b {3}\r\nabc (\\Seen) {3}\r\na2 NOOP\r\n",
     "M{3}abcM.<a2 NOOP|a2 NOOP\r\n>"},
};
class Refuse : public testing::TestWithParam<RefuseCase> {};
TEST_P(Refuse, SwallowsTheRest) {
  const auto& row = GetParam();
  for (const auto step : test::kChunkSizes) EXPECT_EQ(run(row.wire, step, row.at), row.log) << step;
}
INSTANTIATE_TEST_SUITE_P(Table, Refuse, testing::ValuesIn(kRefuseCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(CommandReaderData, LinesAreNoCommands) {
  for (const auto step : test::kChunkSizes) {
    CommandReader reader(kLimit);
    std::string log;
    int lines = 0;
    test::feed("a1 IDLE\r\nDONE\r\n\r\na2 NOOP\r\n", step, [&](std::string_view& view, bool) {
      for (;;) {
        const auto status = lines == 1 || lines == 2 ? reader.next_data(view) : reader.next(view);
        log += show(reader, status);
        if (status == Status::need_more) return;
        ++lines;
      }
    });
    EXPECT_EQ(log, "<a1 IDLE|a1 IDLE\r\n>[DONE][]<a2 NOOP|a2 NOOP\r\n>") << step;
  }
}

TEST(CommandReaderData, TooLongOrStray) {
  for (const auto& wire : {std::string(200, 'x'), "a\rb\r\n"s, kNul + "\r\n"}) {
    CommandReader reader(kLimit);
    std::string_view view = wire;
    EXPECT_EQ(reader.next_data(view), Status::broken);
  }
}

TEST(SyncPieces, AnnounceEveryLiteral) {
  CommandReader reader(kLimit);
  std::string_view wire = "a1 LOGIN {3+}\r\nfoo {3}\r\nbar\r\n";
  EXPECT_EQ(reader.next(wire), Status::literal);
  EXPECT_EQ(reader.next(wire), Status::command);
  const std::vector<std::string> pieces = {"a1 LOGIN {3}\r\n", "foo {3}\r\n", "bar\r\n"};
  EXPECT_EQ(sync_pieces(reader.command()), pieces);
}

}  // namespace
}  // namespace p3scan::imap
