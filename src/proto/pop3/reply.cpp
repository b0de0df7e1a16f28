// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/pop3/reply.h"

#include "base/ascii.h"

namespace p3scan::proto::pop3 {
namespace {

constexpr std::size_t kLongestReply = 510;  // without CRLF

}  // namespace

Result<std::string_view, ReplyError> take_reply_line(std::string_view& input, std::size_t limit) {
  const auto lf = input.find('\n');
  if (lf == std::string_view::npos) return fail(input.size() < limit ? ReplyError::need_more : ReplyError::malformed);
  if (lf == 0 || lf >= limit || input[lf - 1] != '\r') return fail(ReplyError::malformed);
  const auto line = input.substr(0, lf - 1);
  if (line.contains('\r') || line.contains('\0')) return fail(ReplyError::malformed);
  input.remove_prefix(lf + 1);
  return line;
}

ReplyStatus reply_status(std::string_view line) {
  if (ascii::starts_with_nocase(line, "+OK")) return ReplyStatus::ok;
  if (ascii::starts_with_nocase(line, "-ERR")) return ReplyStatus::err;
  return line == "+" || line.starts_with("+ ") ? ReplyStatus::challenge : ReplyStatus::none;
}

std::string error_reply(std::string_view code, std::string_view text) {
  std::string line = "-ERR ";
  if (!code.empty() && !text.starts_with('[')) line.append(code).append(" ");
  for (const char c : text) line += ascii::is_control(c) ? ' ' : c;
  if (line.size() > kLongestReply) line.resize(kLongestReply);
  return line.append("\r\n");
}

}  // namespace p3scan::proto::pop3
