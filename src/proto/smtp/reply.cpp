// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp/reply.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/ascii.h"
#include "base/result.h"

namespace p3scan::proto::smtp {
namespace {

/// Longer texts are rare; a session doesn't keep the memory of one for ever.
constexpr std::size_t kKeptCapacity = 1024;

/// The code at the start of a line: 2yz to 5yz (RFC 5321 section 4.2.1 knows no others); 0 if there is none.
unsigned code_of(std::string_view line) {
  if (line.size() < 3 || line[0] < '2' || line[0] > '5') return 0;
  const auto code = ascii::number<unsigned>(line.substr(0, 3));
  return code.value_or(0);
}

}  // namespace

/// True when `line`, without its end, was the last one of the reply.
Result<bool, ReplyError> ReplyParser::add(std::string_view line) {
  const auto code = code_of(line);
  const bool bare = line.size() == 3;
  if (code == 0 || (!bare && line[3] != ' ' && line[3] != '-')) return fail(ReplyError::malformed);
  if (!text_.empty() && code != code_) return fail(ReplyError::mixed_codes);
  if (text_.size() + line.size() + 2 > limit_) return fail(ReplyError::too_long);
  code_ = code;
  const auto start = static_cast<std::ptrdiff_t>(text_.size());
  text_ += line;
  std::replace_if(text_.begin() + start, text_.end(), [](char c) { return c == '\r' || c == '\0'; }, ' ');
  text_ += "\r\n";
  return bare || line[3] == ' ';
}

Result<std::optional<Reply>, ReplyError> ReplyParser::next(std::string_view& input) {
  if (complete_) {
    text_.clear();
    if (text_.capacity() > kKeptCapacity) text_.shrink_to_fit();
    complete_ = false;
  }
  for (;;) {
    const auto eol = input.find('\n');
    if (eol == std::string_view::npos) {
      if (input.size() >= limit_) return fail(ReplyError::too_long);
      return std::nullopt;
    }
    auto line = input.substr(0, eol);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto last = add(line);
    if (!last) return fail(last.error());
    input.remove_prefix(eol + 1);
    complete_ = *last;
    if (complete_) return Reply{code_, text_};
  }
}

}  // namespace p3scan::proto::smtp
