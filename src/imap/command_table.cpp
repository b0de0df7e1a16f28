// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/command_table.h"

#include <algorithm>

namespace p3scan::imap {
namespace {

struct Row {
  std::string_view verb;
  Handling handling;
};

// Without UID in front.
constexpr Row kCommands[] = {
    {"CAPABILITY", Handling::pass},
    {"NOOP", Handling::pass},
    {"ID", Handling::pass},
    {"LOGOUT", Handling::logout},
    {"STARTTLS", Handling::starttls},
    {"LOGIN", Handling::login},
    {"AUTHENTICATE", Handling::authenticate},
    {"UNAUTHENTICATE", Handling::unauthenticate},  // RFC 8437
    {"ENABLE", Handling::enable},
    {"SELECT", Handling::select},
    {"EXAMINE", Handling::examine},
    {"CREATE", Handling::pass},
    {"DELETE", Handling::pass},
    {"RENAME", Handling::pass},
    {"SUBSCRIBE", Handling::pass},
    {"UNSUBSCRIBE", Handling::pass},
    {"LIST", Handling::pass},
    {"LSUB", Handling::pass},
    {"XLIST", Handling::pass},
    {"NAMESPACE", Handling::pass},
    {"STATUS", Handling::pass},
    {"APPEND", Handling::append},
    {"IDLE", Handling::idle},
    {"CHECK", Handling::pass},
    {"CLOSE", Handling::close},
    {"UNSELECT", Handling::close},
    {"EXPUNGE", Handling::pass},
    {"SEARCH", Handling::pass},
    {"SORT", Handling::pass},
    {"THREAD", Handling::pass},
    {"ESEARCH", Handling::pass},
    {"FETCH", Handling::fetch},
    {"STORE", Handling::pass},
    {"COPY", Handling::pass},
    {"MOVE", Handling::pass},
    {"GETQUOTA", Handling::pass},
    {"GETQUOTAROOT", Handling::pass},
    {"SETQUOTA", Handling::pass},
    {"GETACL", Handling::pass},
    {"SETACL", Handling::pass},
    {"DELETEACL", Handling::pass},
    {"LISTRIGHTS", Handling::pass},
    {"MYRIGHTS", Handling::pass},
    {"GETMETADATA", Handling::pass},
    {"SETMETADATA", Handling::pass},
    {"COMPRESS", Handling::refuse},
    {"CONVERT", Handling::refuse},
    {"GENURLAUTH", Handling::refuse},
    {"RESETKEY", Handling::refuse},
    {"URLFETCH", Handling::refuse},
    {"NOTIFY", Handling::refuse},
    {"REPLACE", Handling::refuse},
};

constexpr std::string_view kUidCommands[] = {"COPY", "EXPUNGE", "FETCH", "MOVE", "SEARCH", "SORT", "STORE", "THREAD"};

}  // namespace

Handling handling_of(const Command& command) {
  if (command.uid && std::ranges::find(kUidCommands, command.verb) == std::end(kUidCommands)) return Handling::refuse;
  const auto* const row = std::ranges::find(kCommands, command.verb, &Row::verb);
  return row == std::end(kCommands) ? Handling::unknown : row->handling;
}

}  // namespace p3scan::imap
