// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/fetch_command.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/result.h"
#include "imap/command_reader.h"
#include "imap/fetch_item.h"
#include "imap/section.h"
#include "imap/sequence_set.h"

namespace p3scan::imap {
namespace {

using Kind = FetchItem::Kind;
using std::string_view_literals::operator""sv;
constexpr auto kNone = std::string_view::npos;

struct Row {
  std::string_view name;
  Kind kind;
  bool section;
  bool peek;
  std::string_view response;
};
constexpr Row kRows[] = {
    {"BODY", Kind::body_short, false, true, "BODY"},
    {"BODY", Kind::body, true, false, "BODY"},
    {"BODY.PEEK", Kind::body, true, true, "BODY"},
    {"BINARY", Kind::binary, true, false, "BINARY"},
    {"BINARY.PEEK", Kind::binary, true, true, "BINARY"},
    {"BINARY.SIZE", Kind::binary_size, true, true, "BINARY.SIZE"},
    {"RFC822", Kind::rfc822, false, false, "RFC822"},
    {"RFC822.HEADER", Kind::rfc822_header, false, true, "RFC822.HEADER"},
    {"RFC822.TEXT", Kind::rfc822_text, false, false, "RFC822.TEXT"},
    {"RFC822.SIZE", Kind::rfc822_size, false, true, "RFC822.SIZE"},
    {"ENVELOPE", Kind::envelope, false, true, "ENVELOPE"},
    {"BODYSTRUCTURE", Kind::body_structure, false, true, "BODYSTRUCTURE"},
};

// A message's text in forms that are not read here: RFC 8970, its drafts, RFC 5257, RFC 5259, and of old servers.
constexpr std::string_view kRefused[] = {
    "PREVIEW",          "SNIPPET",   "ANNOTATION", "CONVERT",     "BODYPARTSTRUCTURE", "RFC822.PEEK",
    "RFC822.TEXT.PEEK", "BODY.PEEK", "BINARY",     "BINARY.PEEK", "BINARY.SIZE",       "AVAILABLECONVERSIONS"};

struct Macro {
  std::string_view name;
  std::string_view items;
};
constexpr Macro kMacros[] = {
    {"ALL", "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)"},
    {"FAST", "(FLAGS INTERNALDATE RFC822.SIZE)"},
    {"FULL", "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)"},
};

constexpr auto kSyntax = "FETCH not understood"sv;
constexpr auto kItem = "Unknown data item"sv;

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return ascii::upper(c); });
  return out;
}

bool is_word_char(char c) { return ascii::is_alnum(c) || c == '.' || c == '-' || c == '_'; }

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_arguments(std::string_view& text, FetchItem& item) {
  auto section = take_section(text);
  if (!section) return false;
  item.section = std::move(*section);
  if (item.kind != Kind::body && item.section.text != Section::Text::none) return false;
  item.name += '[' + section_text(item.section) + ']';
  if (!text.starts_with('<')) return true;
  const auto origin = text.substr(1, text.find('.') - 1);
  item.partial = take_partial(text);
  if (!item.partial || item.kind == Kind::binary_size) return false;
  item.name.append("<").append(origin).append(">");
  return true;
}

bool take_item(std::string_view& text, FetchCommand& command) {
  const auto* const end = std::ranges::find_if_not(text, is_word_char);
  const auto word = upper({text.begin(), end});
  text.remove_prefix(word.size());
  const bool section = text.starts_with('[');
  const auto* const row =
      std::ranges::find_if(kRows, [&](const Row& known) { return known.name == word && known.section == section; });
  if (row != std::end(kRows)) {
    FetchItem item;
    item.kind = row->kind;
    item.peek = row->peek;
    item.name = row->response;
    if (section && !take_arguments(text, item)) return false;
    command.items.push_back(std::move(item));
    return true;
  }
  if (word.empty() || section || std::ranges::find(kRefused, word) != std::end(kRefused)) return false;
  if (!command.wants(word)) command.metadata.push_back(word);
  return true;
}

/// One item, or a list of them.
bool take_items(std::string_view& text, FetchCommand& command) {
  const bool list = take(text, '(');
  for (;;) {
    if (command.items.size() == FetchCommand::kMostItems || command.metadata.size() == FetchCommand::kMostItems)
      return false;
    if (!take_item(text, command)) return false;
    if (!list || take(text, ')')) return true;
    if (!take(text, ' ')) return false;
  }
}

bool take_macro(std::string_view& text, FetchCommand& command) {
  const auto word = text.substr(0, text.find(' '));
  const auto* const macro =
      std::ranges::find_if(kMacros, [&](const Macro& known) { return ascii::equal_nocase(known.name, word); });
  if (macro == std::end(kMacros)) return false;
  text.remove_prefix(word.size());
  auto items = macro->items;
  return take_items(items, command);
}

bool balanced(std::string_view text) {
  std::size_t depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (c == ')' && depth-- == 0) return false;
  }
  return depth == 0;
}

bool are_modifiers(std::string_view text) {
  return text.starts_with('(') && text.ends_with(')') && text.find_first_of("{\"\\[\r\n") == kNone && balanced(text);
}

}  // namespace

bool is_content(const FetchItem& item) {
  switch (item.kind) {
    case Kind::body: {
      const auto text = item.section.text;
      using Text = Section::Text;
      return !item.section.part.empty() || text == Text::none || text == Text::text || text == Text::mime;
    }
    case Kind::binary:
    case Kind::binary_size:
    case Kind::rfc822:
    case Kind::rfc822_text: return true;
    case Kind::rfc822_header:
    case Kind::rfc822_size:
    case Kind::envelope:
    case Kind::body_structure:
    case Kind::body_short: return false;
  }
  return true;
}

bool is_whole_header(const FetchItem& item) {
  if (item.kind == Kind::rfc822_header) return true;
  return item.kind == Kind::body && item.section.part.empty() && item.section.text == Section::Text::header;
}

bool FetchCommand::wants_content() const {
  if (std::ranges::any_of(items, is_content)) return true;
  return set.names_one() && std::ranges::any_of(items, is_whole_header);
}

bool FetchCommand::sets_seen() const { return !std::ranges::all_of(items, &FetchItem::peek); }

bool FetchCommand::wants(std::string_view metadata_item) const {
  return std::ranges::find(metadata, metadata_item) != metadata.end();
}

Result<FetchCommand, std::string_view> parse_fetch(const Command& command) {
  FetchCommand fetch;
  fetch.uid = command.uid;
  auto text = std::string_view(command.text).substr(command.arguments);
  if (!text.ends_with("\r\n")) return fail(kSyntax);
  text.remove_suffix(2);
  fetch.set_text = text.substr(0, text.find(' '));
  text.remove_prefix(fetch.set_text.size());
  auto set = SequenceSet::parse(fetch.set_text);
  if (!set || !take(text, ' ')) return fail(kSyntax);
  fetch.set = std::move(*set);
  if (!take_macro(text, fetch) && !take_items(text, fetch)) return fail(kItem);
  if (take(text, ' ')) {
    if (!are_modifiers(text)) return fail(kSyntax);
    fetch.modifiers = text;
    text = {};
  }
  if (!text.empty()) return fail(kSyntax);
  return fetch;
}

std::string command_text(const FetchItem& item) {
  const auto* const row =
      std::ranges::find_if(kRows, [&](const Row& known) { return known.kind == item.kind && known.peek == item.peek; });
  if (row == std::end(kRows)) return item.name;
  std::string out(row->name);
  if (row->section) out += '[' + section_text(item.section) + ']';
  if (item.partial)
    out.append("<")
        .append(std::to_string(item.partial->first))
        .append(".")
        .append(std::to_string(item.partial->count))
        .append(">");
  return out;
}

std::string write_fetch(const FetchCommand& command, std::string_view tag, FetchRewrite rewrite) {
  std::string items;
  const auto add = [&items](std::string_view item) { items.append(items.empty() ? "" : " ").append(item); };
  // First, so that who reads the answer knows early which message it is about.
  if (rewrite.uid || command.wants("UID")) add("UID");
  if (rewrite.flags && !command.wants("FLAGS")) add("FLAGS");
  for (const auto& item : command.metadata)
    if (item != "UID") add(item);
  if (rewrite.whole) add("BODY.PEEK[]");
  if (!rewrite.whole)
    for (const auto& item : command.items) add(command_text(item));
  std::string out(tag);
  out.append(command.uid ? " UID FETCH " : " FETCH ").append(command.set_text).append(" (").append(items).append(")");
  if (!command.modifiers.empty()) out.append(" ").append(command.modifiers);
  return out + "\r\n";
}

}  // namespace p3scan::imap
