// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace p3scan::proto::pop3 {

enum class ReplyError { need_more, malformed };

/// Takes a line of a reply (without CRLF) off the front of `input`. Malformed: longer than `limit` octets with its
/// end, or with a bare CR, a bare LF or a NUL in it, where peers disagree about the end of a line.
Result<std::string_view, ReplyError> take_reply_line(std::string_view& input, std::size_t limit);

enum class ReplyStatus { ok, err, challenge, none };

/// What a status line says; any case, as clients may take it. A challenge is "+", alone or with a blank after it.
ReplyStatus reply_status(std::string_view line);

/// An -ERR line of ours. `code` is put before the text unless it has a code of its own. Control characters become
/// blanks, and what would make the line longer than RFC 2449 section 4 allows is cut.
std::string error_reply(std::string_view code, std::string_view text);

}  // namespace p3scan::proto::pop3
