// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace p3scan::notify {

/// Whether a mail to this address may be handed to a mail program as an argument and to a server as it is: "name" or
/// "name@domain", of ASCII letters, digits and . _ + - = only, beginning with a letter, digit or underscore. Mail programs
/// take words with other signs for options, files and pipes.
bool is_safe_address(std::string_view text);

struct Addresses {
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

/// The addresses of a setting whose elements may be separated by blanks and commas.
Addresses split_addresses(const std::vector<std::string>& setting);

/// With a domain: a server can't know whose "root" is meant.
std::string qualified(std::string_view address, std::string_view domain);

}  // namespace p3scan::notify
