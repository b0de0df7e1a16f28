// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/senders.h"

#include <cstddef>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "mime/address.h"
#include "mime/header.h"
#include "mime/rfc2047.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kMaxSenders = 200;

bool has_empty_line(std::string_view head) {
  return head.starts_with('\n') || head.starts_with("\r\n") || head.contains("\n\n") || head.contains("\n\r\n");
}

}  // namespace

Senders read_senders(std::string_view head, bool complete) {
  Senders senders;
  Fields fields(head);
  while (const auto field = fields.next()) {
    if (!ascii::equal_nocase(field->name, "From")) continue;
    const auto line = decode(field->value);
    auto addresses = every_address(field->value, kMaxSenders + 1);
    if (addresses.empty()) addresses.emplace_back();
    for (auto& address : addresses) senders.all.push_back({.address = std::move(address), .line = line});
    if (senders.all.size() > kMaxSenders) break;
  }
  senders.certain = senders.all.size() <= kMaxSenders && (complete || has_empty_line(head));
  if (senders.all.size() > kMaxSenders) senders.all.resize(kMaxSenders);
  return senders;
}

}  // namespace p3scan::mime
