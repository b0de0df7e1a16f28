// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/envelope.h"

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/ascii.h"
#include "imap/addresses.h"
#include "imap/header_lines.h"
#include "imap/write_string.h"

namespace p3scan::imap {
namespace {

constexpr std::size_t kMostAddresses = 100000;  // of one field

enum Row : std::size_t { date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id, rows };
constexpr std::array<std::string_view, rows> kNames = {"Date", "Subject", "From", "Sender",      "Reply-To",
                                                       "To",   "Cc",      "Bcc",  "In-Reply-To", "Message-ID"};

void append_nstring(std::string& out, const std::optional<std::string>& text) {
  if (text)
    append_string(out, *text);
  else
    out += "NIL";
}

void append_addresses(std::string& out, const std::vector<Address>& list) {
  if (list.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const auto& one : list) {
    out += '(';
    if (one.name)
      append_text(out, *one.name);
    else
      out += "NIL";
    for (const auto* part : {&one.route, &one.mailbox, &one.host}) {
      out += ' ';
      append_nstring(out, *part);
    }
    out += ')';
  }
  out += ')';
}

}  // namespace

std::string envelope_of(std::string_view header) {
  std::array<std::optional<std::string>, rows> values;
  HeaderLines lines(header);
  while (const auto line = lines.next()) {
    for (std::size_t row = 0; row < rows; ++row) {
      if (ascii::equal_nocase(line->name, kNames[row])) values[row] = folded_value(line->value);
    }
  }
  const auto addresses = [&](Row row) {
    return values[row] ? read_addresses(*values[row], kMostAddresses) : std::vector<Address>{};
  };
  const auto authors = addresses(from);
  std::string out = "(";
  append_nstring(out, values[date]);
  out += ' ';
  if (values[subject])
    append_text(out, *values[subject]);
  else
    out += "NIL";
  out += ' ';
  append_addresses(out, authors);
  for (const auto row : {sender, reply_to}) {
    const auto own = addresses(row);
    out += ' ';
    append_addresses(out, own.empty() ? authors : own);
  }
  for (const auto row : {to, cc, bcc}) {
    out += ' ';
    append_addresses(out, addresses(row));
  }
  for (const auto row : {in_reply_to, message_id}) {
    out += ' ';
    append_nstring(out, values[row]);
  }
  return out + ")";
}

}  // namespace p3scan::imap
