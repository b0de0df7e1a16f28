// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "imap/command_reader.h"
#include "imap/fetch_command.h"
#include "imap/fetch_data.h"

namespace {

using namespace p3scan::imap;

void require(bool condition) {
  if (!condition) std::abort();
}

Command as_command(std::string text) {
  Command command;
  command.tag = "a";
  command.verb = "FETCH";
  command.text = std::move(text);
  return command;
}

}  // namespace

/// What was understood and is written anew is understood as the same, has no literals, and asks for content if and only if
/// its items do.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view arguments(reinterpret_cast<const char*>(data), size);
  const auto fetch = parse_fetch(as_command(std::string(arguments) + "\r\n"));
  if (!fetch) return 0;
  for (const auto& item : fetch->items)
    require(is_content(item) == names_content(item.name) || item.name.starts_with("BINARY.SIZE"));
  const auto text = write_fetch(*fetch, "a", {});
  const auto end = text.size() - 2;
  require(text.ends_with("\r\n") && command_tail(std::string_view(text).substr(0, end)).kind == Tail::Kind::none);
  require(text.find_first_of("\r\n") == end);
  const auto start = std::string_view("a FETCH ").size() + (fetch->uid ? 4 : 0);
  const auto again = parse_fetch(as_command(text.substr(start)));
  require(again && write_fetch(*again, "a", {}) == text);
  require(again->wants_content() == fetch->wants_content() && again->sets_seen() == fetch->sets_seen());
  const auto names = [](const FetchCommand& command) {
    std::string all;
    for (const auto& item : command.items) all += item.name + " ";
    return all;
  };
  require(std::ranges::any_of(fetch->items, [](const auto& item) { return item.partial.has_value(); }) ||
          names(*again) == names(*fetch));
  return 0;
}
