// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp/command.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "base/ascii.h"
#include "base/result.h"

namespace p3scan::proto::smtp {
namespace {

struct Row {
  std::string_view name;
  Verb verb;
  std::string_view refusal = {};
};

constexpr std::string_view kNotOffered = "502 5.5.1 Command not offered\r\n";
constexpr std::string_view kUnknown = "500 5.5.2 Command not recognized\r\n";

// Verbs that aren't here are answered by us: a command that nobody here knows could turn the conversation into
// something that we no longer read.
constexpr Row kRows[] = {
    {"EHLO", Verb::ehlo},
    {"HELO", Verb::helo},
    {"MAIL", Verb::mail},
    {"RCPT", Verb::rcpt},
    {"DATA", Verb::data},
    {"BDAT", Verb::bdat},
    {"RSET", Verb::rset},
    {"NOOP", Verb::noop},
    {"QUIT", Verb::quit},
    {"AUTH", Verb::auth},
    {"STARTTLS", Verb::starttls},
    {"VRFY", Verb::query},
    {"EXPN", Verb::query},
    {"HELP", Verb::query},
    {"ETRN", Verb::query},
    // After it neither mail nor commands could be read.
    {"X-ANONYMOUSTLS", Verb::refused, kNotOffered},
    // The server would believe a stranger's word on who the client is, because it comes from our address.
    {"XCLIENT", Verb::refused, kNotOffered},
    {"XFORWARD", Verb::refused, kNotOffered},
    // The server fetches the message, or a part of it, from elsewhere: nobody would look at it (RFC 4468).
    {"BURL", Verb::refused, kNotOffered},
    // Octet counts of their own, or a message with other rules at its end.
    {"XEXCH50", Verb::refused, kNotOffered},
    {"LHLO", Verb::refused, kNotOffered},
    // Client and server change places: mail would come towards us on the wrong side (RFC 2645).
    {"TURN", Verb::refused, kNotOffered},
    {"ATRN", Verb::refused, kNotOffered},
    // Begin a transaction like MAIL; RFC 5321 appendix F.6 retired them.
    {"SEND", Verb::refused, kNotOffered},
    {"SOML", Verb::refused, kNotOffered},
    {"SAML", Verb::refused, kNotOffered},
};

/// Takes the reverse path off the front: <...> with quoted parts, or one word.
std::string_view take_path(std::string_view& text) {
  while (!text.empty() && ascii::is_blank(text.front())) text.remove_prefix(1);
  if (!text.starts_with('<')) return ascii::take_word(text);
  bool quoted = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\') ++i;
    if (quoted || i >= text.size() || text[i] != '>') continue;
    const auto path = text.substr(1, i - 1);
    text.remove_prefix(i + 1);
    return path;
  }
  const auto path = text.substr(1);
  text = {};
  return path;
}

}  // namespace

Command parse_command(std::string_view line) {
  const auto name = line.substr(0, line.find_first_of(" \t"));
  const auto* const row = std::ranges::find_if(kRows, [&](const Row& r) { return ascii::equal_nocase(r.name, name); });
  if (row == std::end(kRows)) return {.verb = Verb::unknown, .arguments = {}, .refusal = kUnknown};
  return {.verb = row->verb, .arguments = ascii::trim(line.substr(name.size())), .refusal = row->refusal};
}

bool has_stray_octet(std::string_view line) {
  using std::string_view_literals::operator""sv;
  return line.find_first_of("\r\0"sv) != std::string_view::npos;
}

MailArguments parse_mail(std::string_view arguments) {
  MailArguments mail;
  if (!ascii::starts_with_nocase(arguments, "FROM")) return mail;
  arguments = ascii::trim(arguments.substr(4));
  if (!arguments.starts_with(':')) return mail;
  arguments.remove_prefix(1);
  mail.sender = take_path(arguments);
  for (auto word = ascii::take_word(arguments); !word.empty(); word = ascii::take_word(arguments)) {
    if (ascii::starts_with_nocase(word, "SIZE=")) mail.size = ascii::number<std::uint64_t>(word.substr(5));
    if (ascii::equal_nocase(word, "BODY=BINARYMIME")) mail.binary = true;
    if (ascii::equal_nocase(word, "PRDR")) mail.per_recipient_replies = true;
  }
  return mail;
}

Result<Chunk, ChunkError> parse_chunk(std::string_view arguments) {
  const auto size = ascii::take_word(arguments);
  if (size.empty() || !std::ranges::all_of(size, ascii::is_digit)) return fail(ChunkError::syntax);
  const auto octets = ascii::number<std::uint64_t>(size);
  const auto mark = ascii::trim(arguments);
  if (!octets) return fail(ChunkError::too_large);
  if (!mark.empty() && !ascii::equal_nocase(mark, "LAST")) return fail(ChunkError::syntax);
  return Chunk{*octets, !mark.empty()};
}

}  // namespace p3scan::proto::smtp
