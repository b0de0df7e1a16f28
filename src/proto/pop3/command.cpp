// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/pop3/command.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace p3scan::proto::pop3 {
namespace {

using enum ReplyShape;

struct Row {
  std::string_view name;
  Verb verb;
  ReplyShape alone;
  ReplyShape with_arguments;
};

// RFC 1939; 2449 CAPA; 1734 and 5034 AUTH; 2595 STLS; 6856 LANG. AUTH alone lists the mechanisms on many servers.
constexpr std::array kRows = {
    Row{"APOP", Verb::apop, single_line, single_line},
    Row{"AUTH", Verb::auth, multi_line, sasl},
    Row{"CAPA", Verb::other, capabilities, capabilities},
    Row{"LANG", Verb::other, multi_line, single_line},
    Row{"LIST", Verb::other, multi_line, single_line},
    Row{"QUIT", Verb::quit, single_line, single_line},
    Row{"RETR", Verb::other, message, message},
    Row{"STLS", Verb::stls, single_line, single_line},
    Row{"TOP", Verb::other, message, message},
    Row{"UIDL", Verb::other, multi_line, single_line},
    Row{"USER", Verb::user, single_line, single_line},
};

}  // namespace

Command parse_command(std::string_view line) {
  const auto name = ascii::take_word(line);
  Command command;
  command.arguments = ascii::trim(line);
  const auto* const row =
      std::ranges::find_if(kRows, [&](const Row& known) { return ascii::equal_nocase(known.name, name); });
  if (row == kRows.end()) return command;
  command.verb = row->verb;
  command.shape = command.arguments.empty() ? row->alone : row->with_arguments;
  return command;
}

std::string_view command_flaw(std::string_view line) {
  if (ascii::trim(line).empty()) return "Empty command";
  if (line.contains('\0') || line.contains('\r')) return "Control character in command";
  return {};
}

}  // namespace p3scan::proto::pop3
