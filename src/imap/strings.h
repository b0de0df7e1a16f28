// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "imap/command_reader.h"

namespace p3scan::imap {

/// Takes an astring (RFC 9051 section 9) off the front of a command's arguments: an atom, a quoted string, or a literal
/// with its octets. Nothing if there is none.
std::optional<std::string> take_astring(std::string_view& text);

/// An astring for these octets, if it can be written without a literal: an atom where possible, else quoted.
std::optional<std::string> write_astring(std::string_view octets);

/// The mailbox that a command names first (SELECT, EXAMINE, APPEND ...), with INBOX in upper case, as octets of whatever
/// encoding the client uses. Nothing if there is none.
std::optional<std::string> mailbox_of(const Command& command);

/// The user name of LOGIN. Nothing if there is none.
std::optional<std::string> login_name(const Command& command);

}  // namespace p3scan::imap
