// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// The first line asks, the rest is the message. Whatever is in it: pieces lie within it, literals have the length that they
// claim, and a partial is what it is of the whole.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "imap/fetch_command.h"
#include "imap/render.h"

namespace {

using p3scan::imap::FetchItem;

void check(bool holds) {
  if (!holds) std::abort();
}

std::string joined(std::string_view message, const FetchItem& item) {
  std::string out;
  const auto rendered = p3scan::imap::render(message, std::vector{item});
  for (const auto& piece : rendered.pieces) {
    check(piece.offset <= message.size() && piece.length <= message.size() - piece.offset);
    out.append(piece.text).append(message.substr(piece.offset, piece.length));
  }
  return out;
}

// The octets of the literal that the item is, or nothing for NIL and what is no literal.
std::string_view literal(std::string_view said) {
  if (!said.ends_with(" NIL") && said.contains("]")) said.remove_prefix(said.find_last_of(']', said.find("}\r\n")));
  const auto open = said.find('{');
  const auto close = said.find("}\r\n");
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  const auto octets = said.substr(close + 3);
  check(octets.size() == std::stoull(std::string(said.substr(open + 1, close - open - 1))));
  return octets;
}

void look_at(std::string_view message, FetchItem item) {
  const auto said = joined(message, item);
  const bool has_octets = item.kind == FetchItem::Kind::body || item.kind == FetchItem::Kind::binary;
  if (!has_octets || said.size() > 1'000'000) return;
  const auto part = literal(said);
  if (!item.partial) return;
  const auto partial = *item.partial;
  item.partial.reset();
  const auto all = joined(message, item);
  const auto whole = literal(all);
  check(part == (partial.first < whole.size() ? whole.substr(partial.first, partial.count) : ""));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);  // NOLINT(*-reinterpret-cast)
  const auto end = all.find('\n');
  if (end == std::string_view::npos) return 0;
  p3scan::imap::Command command;
  command.tag = "1";
  command.verb = "FETCH";
  command.text = "1 FETCH 1 " + std::string(all.substr(0, end)) + "\r\n";
  command.arguments = std::string_view("1 FETCH ").size();
  const auto fetch = p3scan::imap::parse_fetch(command);
  if (!fetch || fetch->items.size() > 20) return 0;
  for (const auto& item : fetch->items) look_at(all.substr(end + 1), item);
  return 0;
}
