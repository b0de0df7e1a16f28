// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp/capabilities.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"

namespace p3scan::proto::smtp {
namespace {

// A keyword that isn't here is hidden: extensions may change what follows DATA or how many replies it gets, and only
// those known not to do that can be promised. Hidden for a known reason:
//   STARTTLS: unless the gateway takes part.   REQUIRETLS: it can't promise what TLS the server had.
//   X-ANONYMOUSTLS: TLS of another kind.
//   BURL: the server fetches content that nobody looked at.   PRDR: one message, several final replies.
//   XCLIENT, XFORWARD: the server would take a client's word for ours.   CHECKPOINT: a message continues another.
//   ATRN, TURN: the sides change places.   XEXCH50: binary octets after a command.
//   X-EXPS: a login dialogue of its own.   PIPE_CONNECT: commands before the greeting.
constexpr std::string_view kCarried[] = {
    "PIPELINING", "SIZE",      "8BITMIME",      "SMTPUTF8",    "DSN",    "ENHANCEDSTATUSCODES",
    "AUTH",       "CHUNKING",  "BINARYMIME",    "HELP",        "VRFY",   "EXPN",
    "ETRN",       "DELIVERBY", "FUTURERELEASE", "MT-PRIORITY", "MTRK",   "NO-SOLICITING",
    "SUBMITTER",  "RRVS",      "LIMITS",        "CONPERM",     "CONNEG", "XVERP",
    "OK",  // no extension: some servers end the list with it
};

std::string_view keyword_of(std::string_view text) { return text.substr(0, text.find_first_of(" \t=")); }

bool is(std::string_view text, std::string_view keyword) { return ascii::equal_nocase(keyword_of(text), keyword); }

/// SIZE n with n no larger than what we keep; 0 and nothing mean "no fixed limit".
std::string size_line(std::string_view text, std::uint64_t largest) {
  const auto offered = ascii::number<std::uint64_t>(ascii::trim(text.substr(4))).value_or(0);
  if (largest == 0 || (offered != 0 && offered <= largest)) return std::string(text);
  return "SIZE " + std::to_string(largest);
}

}  // namespace

Capabilities carried(std::string_view ehlo_reply, std::uint64_t largest, bool offer_tls) {
  std::vector<std::string> lines;
  while (!ehlo_reply.empty()) {
    const auto eol = std::min(ehlo_reply.find("\r\n"), ehlo_reply.size());
    const auto line = ehlo_reply.substr(0, eol);
    ehlo_reply.remove_prefix(std::min(eol + 2, ehlo_reply.size()));
    const auto text = line.substr(std::min<std::size_t>(4, line.size()));
    const bool tls = offer_tls && is(text, "STARTTLS");
    const bool known = tls || std::ranges::any_of(kCarried, [&](std::string_view k) { return is(text, k); });
    if (lines.empty()) {
      lines.emplace_back(text);
    } else if (known) {
      lines.push_back(is(text, "SIZE") ? size_line(text, largest) : std::string(text));
    }
  }
  Capabilities all;
  if (lines.empty()) return all;
  const auto first = lines.begin() + 1;
  all.tls = std::any_of(first, lines.end(), [](const auto& text) { return is(text, "STARTTLS"); });
  all.chunking = std::any_of(first, lines.end(), [](const auto& text) { return is(text, "CHUNKING"); });
  // Binary content can't travel by DATA, so without CHUNKING the promise is hollow (RFC 3030 section 3).
  if (!all.chunking)
    lines.erase(std::remove_if(first, lines.end(), [](auto& text) { return is(text, "BINARYMIME"); }), lines.end());
  for (std::size_t i = 0; i < lines.size(); ++i)
    all.text.append(i + 1 < lines.size() ? "250-" : "250 ").append(lines[i]).append("\r\n");
  return all;
}

}  // namespace p3scan::proto::smtp
