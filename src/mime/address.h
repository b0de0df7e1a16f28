// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace p3scan::mime {

/// The mailboxes of a From or To value as somebody else wrote it, said again in a way that every mail program reads
/// the same: names decoded and encoded anew, addresses without blanks and control characters, folded with CRLF.
/// At most 50 mailboxes and about 4000 octets; the rest is dropped. Empty if there is no mailbox.
/// `column` octets stand on the line already.
std::string encode_addresses(std::string_view value, std::size_t column);

/// Everything in a From or To value that some mail program may take for an address, without blanks, brackets and
/// quotes; at most `max`.
std::vector<std::string> every_address(std::string_view value, std::size_t max);

}  // namespace p3scan::mime
