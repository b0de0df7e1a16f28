// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/spamd.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

constexpr std::size_t kMaxReplyLines = 8192;
constexpr std::size_t kMaxUser = 200;
constexpr std::size_t kShown = 100;
constexpr int kUsage = 64;  // EX_USAGE and EX_PROTOCOL of sysexits.h: it does not know the command
constexpr int kProtocol = 76;

using Reading = Result<SpamdReply, SpamdError>;

bool is_user_name(std::string_view user) {
  return !user.empty() && user.size() <= kMaxUser && user.front() != '-' && std::ranges::all_of(user, [](char c) {
    const char upper = ascii::upper(c);
    return ascii::is_digit(c) || (upper >= 'A' && upper <= 'Z') || std::string_view("-_.+@").contains(c);
  });
}

std::string shown(std::string_view text) {
  std::string out(text.substr(0, kShown));
  std::ranges::replace_if(out, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return out;
}

Reading error(std::string text, bool unknown_command = false) {
  return fail(SpamdError{.unknown_command = unknown_command, .text = std::move(text)});
}

/// Takes a line and its ending off the front; nothing if there is no ending yet.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto lf = text.find('\n');
  if (lf == std::string_view::npos) return std::nullopt;
  auto line = text.substr(0, lf);
  text.remove_prefix(lf + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

double number(std::string_view text) {
  double value = 0;
  const auto word = ascii::trim(text);
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): its end is given
  const auto parsed = std::from_chars(word.data(), word.data() + word.size(), value);
  return parsed.ec == std::errc{} && std::isfinite(value) ? value : 0;
}

/// "True ; 15.0 / 5.0"
bool read_spam_line(std::string_view value, SpamdReply& reply) {
  const auto semicolon = value.find(';');
  const auto word = ascii::trim(value.substr(0, semicolon));
  reply.spam = ascii::equal_nocase(word, "True") || ascii::equal_nocase(word, "Yes");
  if (!reply.spam && !ascii::equal_nocase(word, "False") && !ascii::equal_nocase(word, "No")) return false;
  if (semicolon == std::string_view::npos) return true;
  const auto scores = value.substr(semicolon + 1);
  const auto slash = scores.find('/');
  reply.score = number(scores.substr(0, slash));
  if (slash != std::string_view::npos) reply.required = number(scores.substr(slash + 1));
  return true;
}

/// "SPAMD/1.1 0 EX_OK"; nothing if that is what it says.
std::optional<SpamdError> status_error(std::string_view line) {
  auto rest = line;
  const auto version = ascii::take_word(rest);
  const auto code = ascii::number<int>(ascii::take_word(rest));
  if (!version.starts_with("SPAMD/") || !code) {
    return SpamdError{.unknown_command = false, .text = fmt::format("not a reply of spamd: {}", shown(line))};
  }
  if (*code == 0) return std::nullopt;
  return SpamdError{.unknown_command = *code == kUsage || *code == kProtocol, .text = shown(line)};
}

struct ReplyLines {
  SpamdReply reply;
  bool has_spam = false;
  std::optional<std::size_t> length;
};

bool read_reply_line(std::string_view line, ReplyLines& lines) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const auto name = ascii::trim(line.substr(0, colon));
  const auto value = ascii::trim(line.substr(colon + 1));
  if (ascii::equal_nocase(name, "Spam")) {
    lines.has_spam = read_spam_line(value, lines.reply);
    return lines.has_spam;
  }
  if (ascii::equal_nocase(name, "Content-length")) {
    lines.length = ascii::number<std::size_t>(value);
    return lines.length.has_value();
  }
  return true;
}

/// Octets up to the end of the empty line; nothing if there is none.
std::optional<std::size_t> header_length(std::string_view text) {
  for (std::string_view rest = text;;) {
    const auto line = take_line(rest);
    if (!line) return std::nullopt;
    if (line->empty()) return text.size() - rest.size();
  }
}

std::optional<Reading> read_head(std::string_view rest, bool ended, ReplyLines lines) {
  if (lines.length) rest = rest.substr(0, *lines.length);
  const auto head = header_length(rest);
  const bool complete = lines.length ? rest.size() == *lines.length : ended;
  if (!head && !complete) return ended ? std::optional(error("the reply is cut off")) : std::nullopt;
  lines.reply.head = rest.substr(0, head.value_or(rest.size()));
  return lines.reply;
}

}  // namespace

std::string spamd_request(SpamdCommand command, std::string_view user, std::uint64_t size) {
  auto out = fmt::format("{} SPAMC/1.4\r\nContent-length: {}\r\n",
                         command == SpamdCommand::headers ? "HEADERS" : "PROCESS", size);
  if (is_user_name(user)) out += fmt::format("User: {}\r\n", user);
  return out += "\r\n";
}

std::optional<Reading> read_spamd_reply(std::string_view text, bool ended) {
  std::string_view rest = text.substr(0, kMaxReplyLines);
  const auto no_line = [&]() -> std::optional<Reading> {
    if (text.size() > kMaxReplyLines) return error("the reply's lines have no end");
    return ended ? std::optional(error("the reply is cut off")) : std::nullopt;
  };
  const auto status = take_line(rest);
  if (!status) return no_line();
  if (auto bad = status_error(*status)) return fail(std::move(*bad));
  ReplyLines lines;
  while (const auto line = take_line(rest)) {
    if (line->empty()) {
      if (!lines.has_spam) return error("the reply does not say whether it is spam");
      return read_head(text.substr(std::min(text.size(), kMaxReplyLines) - rest.size()), ended, lines);
    }
    if (!read_reply_line(*line, lines)) return error(fmt::format("an unknown line in the reply: {}", shown(*line)));
  }
  return no_line();
}

}  // namespace p3scan::scan
