// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/secret_mask.h"

#include <algorithm>
#include <cstdint>
#include <optional>
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

/// Octets of the literal that a line announces at its end, "{5}" or "{5+}" (RFC 9051 section 4.3).
std::optional<std::uint64_t> announced(std::string_view line) {
  const auto brace = line.rfind('{');
  if (brace == std::string_view::npos || !line.ends_with('}')) return std::nullopt;
  auto digits = line.substr(brace + 1, line.size() - brace - 2);
  if (digits.ends_with('+')) digits.remove_suffix(1);
  return ascii::number<std::uint64_t>(digits);
}

}  // namespace

std::string SecretMask::login_goes_on(std::string_view line) {
  if (line.size() >= *literal_)
    literal_ = announced(line.substr(*literal_));
  else
    *literal_ -= std::min<std::uint64_t>(*literal_, line.size() + 2);
  return std::string(kHidden);
}

std::string SecretMask::to_server(std::string_view line) {
  const bool asked = std::exchange(asked_, false);
  if (literal_) return login_goes_on(line);
  if (asked) return std::string(kHidden);
  const auto* const command = command_in(line);
  if (command != nullptr && command->keep == 3) literal_ = announced(line);
  return command == nullptr ? std::string(line) : first_words(line, command->keep);
}

void SecretMask::to_client(std::string_view line) {
  asked_ = line == "+" || line.starts_with("+ ") || line == "334" || line.starts_with("334 ");
}

}  // namespace p3scan::proto
