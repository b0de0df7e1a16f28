// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/append_syntax.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/ascii.h"
#include "imap/literal.h"

namespace p3scan::imap {
namespace {

constexpr auto kNone = std::string_view::npos;

/// Takes a quoted string off the front; false if there is none.
bool skip_quoted(std::string_view& text) {
  if (!text.starts_with('"')) return false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool skip_mailbox(std::string_view& text) {
  if (text.starts_with('"')) return skip_quoted(text);
  const auto length = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, length);
  if (word.empty() || word.find_first_of("(){\"") != kNone) return false;
  text.remove_prefix(length);
  return true;
}

/// Flags and date: [SP "(" flags ")"] [SP date-time].
bool skip_options(std::string_view& text) {
  if (text.starts_with(" (")) {
    const auto close = text.find(')');
    if (close == kNone || text.substr(2, close - 2).find_first_of("({\"") != kNone) return false;
    text.remove_prefix(close + 1);
  }
  if (!text.starts_with(" \"")) return true;
  text.remove_prefix(1);
  return skip_quoted(text);
}

}  // namespace

AppendSyntax::Next AppendSyntax::line(std::string_view line, const Tail& tail) {
  line.remove_suffix(tail.length);
  if (stage_ == Stage::start) return first_line(line, tail);
  if (in_parentheses_) {
    if (!line.starts_with(')')) return Next::flaw;
    line.remove_prefix(1);
    in_parentheses_ = false;
  }
  if (tail.kind == Tail::Kind::literal) return message(line, tail);
  return line.empty() && stage_ == Stage::message_done ? Next::end : Next::flaw;
}

AppendSyntax::Next AppendSyntax::first_line(std::string_view line, const Tail& tail) {
  if (tail.kind != Tail::Kind::literal) return Next::flaw;
  stage_ = Stage::mailbox_done;
  if (line.empty()) return tail.literal8 ? Next::flaw : Next::mailbox;
  return skip_mailbox(line) ? message(line, tail) : Next::flaw;
}

AppendSyntax::Next AppendSyntax::message(std::string_view options, const Tail& tail) {
  if (!skip_options(options)) return Next::flaw;
  in_parentheses_ = ascii::equal_nocase(options, " UTF8 (") && tail.literal8;
  if (!in_parentheses_ && options != " ") return Next::flaw;
  stage_ = Stage::message_done;
  return Next::message;
}

}  // namespace p3scan::imap
