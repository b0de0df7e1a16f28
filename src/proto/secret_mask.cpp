// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/secret_mask.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/ascii.h"

namespace p3scan::proto {
namespace {

constexpr std::string_view kHidden = "<hidden>";

/// `keep` words may be seen, the command included; what follows may not.
struct Command {
  std::string_view name;
  int keep;
};
constexpr Command kCommands[] = {{"PASS", 1}, {"APOP", 2}, {"AUTH", 2}};
constexpr Command kTaggedCommands[] = {{"LOGIN", 3}, {"AUTHENTICATE", 3}};  // of IMAP: the tag counts, too

const Command* find(std::span<const Command> commands, std::string_view name) {
  const auto found =
      std::ranges::find_if(commands, [name](const Command& known) { return ascii::equal_nocase(known.name, name); });
  return found == commands.end() ? nullptr : &*found;
}

const Command* command_in(std::string_view line) {
  const auto first = ascii::take_word(line);
  if (const auto* command = find(kCommands, first)) return command;
  return find(kTaggedCommands, ascii::take_word(line));
}

std::string first_words(std::string_view line, int count) {
  auto rest = line;
  for (int i = 0; i < count; ++i) ascii::take_word(rest);
  const auto shown = line.substr(0, line.size() - rest.size());
  return ascii::trim(rest).empty() ? std::string(line) : std::string(shown) + " " + std::string(kHidden);
}

}  // namespace

std::string SecretMask::to_server(std::string_view line) {
  if (std::exchange(asked_, false)) return std::string(kHidden);
  const auto* const command = command_in(line);
  return command == nullptr ? std::string(line) : first_words(line, command->keep);
}

void SecretMask::to_client(std::string_view line) {
  asked_ = line == "+" || line.starts_with("+ ") || line == "334" || line.starts_with("334 ");
}

}  // namespace p3scan::proto
