// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace p3scan::scan {

// The protocol between spamc and spamd of SpamAssassin, version 1.4 (spamd/PROTOCOL there).

enum class SpamdCommand : std::uint8_t {
  headers,  // answers with the new header of the message; since 1.4
  process,  // answers with the whole new message
};

/// The lines in front of the message. A user name with other characters than spamd takes, or with '-' in front, is
/// left out; spamd then uses its own.
std::string spamd_request(SpamdCommand command, std::string_view user, std::uint64_t size);

struct SpamdReply {
  bool spam = false;
  double score = 0;
  double required = 0;
  std::string_view head;  // of the message, with the empty line if there is one; aliases the text
};

struct SpamdError {
  bool unknown_command = false;  // spamd is older than HEADERS
  std::string text;              // one line, printable
};

/// Reads a reply of which `text` has come so far; `ended`: nothing follows. Nothing if more is needed: the reply lines,
/// and as much of the message as its header. Anything but code 0 with a Spam line, a Content-length that is not kept,
/// more than 8 KiB of reply lines, is an error. Numbers that are none count as 0.
std::optional<Result<SpamdReply, SpamdError>> read_spamd_reply(std::string_view text, bool ended);

}  // namespace p3scan::scan
