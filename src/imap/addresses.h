// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace p3scan::imap {

/// An address structure (RFC 9051 section 7.5.2). One with a mailbox and no host begins a group, one with nothing ends it.
struct Address {
  std::optional<std::string> name;
  std::optional<std::string> route;
  std::optional<std::string> mailbox;
  std::optional<std::string> host;
};

/// The addresses of a field, broken ones too (in the words that Dovecot puts in for what is missing); at most `max`.
std::vector<Address> read_addresses(std::string_view value, std::size_t max);

}  // namespace p3scan::imap
