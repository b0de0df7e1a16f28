// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace p3scan::proto::smtp {

/// What a client may ask. `refused`: known, but never passed on; `unknown`: not in the table.
enum class Verb { ehlo, helo, mail, rcpt, data, bdat, rset, noop, quit, auth, starttls, query, refused, unknown };

struct Command {
  Verb verb = Verb::unknown;
  std::string_view arguments;  // what follows the verb, without blanks at either end
  std::string_view refusal;    // Verb::refused, unknown: the whole reply, static text
};

/// Reads a command line (without its end). The verb starts in the first column and ends at a blank.
Command parse_command(std::string_view line);

/// True if a line holds an octet in which the server could see a line end that we don't see: CR or NUL.
bool has_stray_octet(std::string_view line);

/// What matters to us of MAIL FROM (RFC 5321 section 4.1.1.2, RFC 1870, RFC 3030).
struct MailArguments {
  std::string_view sender;             // the address, without angle brackets
  std::optional<std::uint64_t> size;   // SIZE=
  bool binary = false;                 // BODY=BINARYMIME: line ends mean nothing
  bool per_recipient_replies = false;  // PRDR: several replies to one message, which nobody could match
};
MailArguments parse_mail(std::string_view arguments);

struct Chunk {
  std::uint64_t octets = 0;
  bool last = false;
};
enum class ChunkError {
  syntax,     // no size at all: no octets can be meant to follow
  too_large,  // a size that nobody can count
};
/// Reads the arguments of BDAT (RFC 3030 section 2).
Result<Chunk, ChunkError> parse_chunk(std::string_view arguments);

}  // namespace p3scan::proto::smtp
