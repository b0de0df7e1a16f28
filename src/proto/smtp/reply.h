// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace p3scan::proto::smtp {

/// One whole reply of a server (RFC 5321 section 4.2).
struct Reply {
  unsigned code = 0;
  /// All its lines, each ended by CRLF, as a client may see them; valid until the parser's next call.
  std::string_view text;

  [[nodiscard]] bool positive() const { return code / 100 == 2; }
  [[nodiscard]] bool intermediate() const { return code / 100 == 3; }
};

enum class ReplyError {
  malformed,    // no code, or nothing between code and text
  mixed_codes,  // a line of a multi-line reply says another code: readers would disagree on which one counts
  too_long,     // one line, or all lines together
};

/// Puts the lines of a reply together. Only whole, checked replies come out, so nothing else can reach a client.
/// Lines may end in a bare LF; they leave with CRLF. A CR or NUL inside a line becomes a blank, for a client might
/// see a line end in it.
class ReplyParser {
 public:
  /// `limit`: most octets of a line and of a reply.
  explicit ReplyParser(std::size_t limit) : limit_(limit) {}

  /// Takes lines off the front of `input` up to the end of one reply. Nothing: more is needed, an incomplete line
  /// stays in `input`. After an error the parser is useless.
  Result<std::optional<Reply>, ReplyError> next(std::string_view& input);

 private:
  Result<bool, ReplyError> add(std::string_view line);

  std::size_t limit_;
  std::string text_;
  unsigned code_ = 0;
  bool complete_ = true;
};

}  // namespace p3scan::proto::smtp
