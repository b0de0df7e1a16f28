// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string_view>

namespace p3scan::proto::pop3 {

/// What the server will answer to a command: decided by the whole command, not by its verb alone.
enum class ReplyShape {
  single_line,   // +OK or -ERR
  multi_line,    // +OK and lines up to a dot, or -ERR alone
  capabilities,  // the same, and we edit the lines
  message,       // the same, and the lines are a mail
  sasl,          // + challenges, each answered by one client line; then +OK or -ERR
};

/// Commands that mean something to us beyond the shape of their reply.
enum class Verb { other, user, apop, auth, stls, quit };

struct Command {
  Verb verb = Verb::other;
  ReplyShape shape = ReplyShape::single_line;
  std::string_view arguments;  // trimmed
};

/// Understands a command line (without its end). Lenient where servers are: any case, blanks in front, tabs between
/// words. A command that we do not know has a single-line reply, as RFC 2449 section 8 wants of extensions that were
/// not announced; if a server answers with more, the session ends (see Dialog).
Command parse_command(std::string_view line);

/// Why a command line must not reach the server; empty if it may. A NUL or CR may end a command early there, and
/// an empty line may get no answer at all: either would put our count of replies out of step.
std::string_view command_flaw(std::string_view line);

}  // namespace p3scan::proto::pop3
