// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/envelope.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
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

bool is_address(std::size_t row) { return row >= from && row <= bcc; }

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
      if (*part)
        append_string(out, **part);
      else
        out += "NIL";
    }
    out += ')';
  }
  out += ')';
}

struct Fields {
  std::array<std::optional<std::string>, rows> values;
  std::array<std::vector<Address>, rows> lists;
};

Fields read_fields(std::string_view header) {
  Fields out;
  auto& [values, lists] = out;
  HeaderLines lines(header);
  while (const auto line = lines.next()) {
    const auto* const name =
        std::ranges::find_if(kNames, [&](const auto& one) { return ascii::equal_nocase(one, line->name); });
    if (name == kNames.end()) continue;
    const auto row = static_cast<std::size_t>(name - kNames.begin());
    values[row] = folded_value(line->value);
    if (is_address(row))
      std::ranges::move(read_addresses(*values[row], kMostAddresses), std::back_inserter(lists[row]));
  }
  return out;
}

}  // namespace

std::string envelope_of(std::string_view header) {
  const auto [values, lists] = read_fields(header);
  std::string out = "(";
  for (std::size_t row = 0; row < rows; ++row) {
    if (row > 0) out += ' ';
    const bool as_author = (row == sender || row == reply_to) && lists[row].empty();
    if (is_address(row))
      append_addresses(out, as_author ? lists[from] : lists[row]);
    else if (row == subject && values[row])
      append_text(out, *values[row]);
    else
      append_line(out, values[row]);
  }
  return out + ")";
}

}  // namespace p3scan::imap
