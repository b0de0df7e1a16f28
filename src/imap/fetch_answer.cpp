// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/fetch_answer.h"

#include <algorithm>
#include <utility>

namespace p3scan::imap {
namespace {

using Kind = FetchItem::Kind;

struct Range {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

/// Behind the first empty line.
std::size_t end_of_header(std::string_view message) {
  for (std::size_t at = 0; at < message.size();) {
    const auto end = message.find('\n', at);
    if (end == std::string_view::npos) break;
    const auto line = message.substr(at, end - at);
    at = end + 1;
    if (line.empty() || line == "\r") return at;
  }
  return message.size();
}

Range range_of(const FetchItem& item, std::string_view message) {
  const bool header = item.kind == Kind::rfc822_header || item.section.text == Section::Text::header;
  const bool text = item.kind == Kind::rfc822_text || item.section.text == Section::Text::text;
  Range range{.first = 0, .length = message.size()};
  if (header) range.length = end_of_header(message);
  if (text) range.first = end_of_header(message);
  range.length -= text ? range.first : 0;
  if (!item.partial) return range;
  const auto skipped = std::min<std::uint64_t>(item.partial->first, range.length);
  return {.first = range.first + skipped,
          .length = std::min<std::uint64_t>(item.partial->count, range.length - skipped)};
}

}  // namespace

bool can_answer(const FetchItem& item) {
  switch (item.kind) {
    case Kind::rfc822:
    case Kind::rfc822_header:
    case Kind::rfc822_text:
    case Kind::rfc822_size: return true;
    case Kind::body: {
      const auto text = item.section.text;
      const bool simple = text == Section::Text::none || text == Section::Text::header || text == Section::Text::text;
      return item.section.part.empty() && simple;
    }
    case Kind::binary:
    case Kind::binary_size:
    case Kind::envelope:
    case Kind::body_structure:
    case Kind::body_short: break;
  }
  return false;
}

std::vector<proto::Piece> FetchAnswer::make(std::string_view message) const {
  std::vector<proto::Piece> pieces;
  auto text = "* " + std::to_string(number_) + " FETCH (" + words_;
  bool first = words_.empty();
  for (const auto& item : items_) {
    if (!std::exchange(first, false)) text += ' ';
    text += item.name + ' ';
    if (item.kind == Kind::rfc822_size) {
      text += std::to_string(message.size());
      continue;
    }
    const auto range = range_of(item, message);
    text += '{' + std::to_string(range.length) + "}\r\n";
    pieces.push_back({.text = std::move(text), .offset = range.first, .length = range.length});
    text.clear();
  }
  pieces.push_back({.text = std::move(text) + ")\r\n"});
  return pieces;
}

}  // namespace p3scan::imap
