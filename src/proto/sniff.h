// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

namespace p3scan::proto {

/// The protocol a server speaks, as far as its first octets tell.
enum class Greeting {
  need_more,  // what there is fits more than one answer
  pop3,       // +OK or -ERR
  smtp,       // 220, or a 4xx or 5xx refusal
  imap,       // an untagged response
  unknown,
};

/// Looks at the first octets of a server; needs five of them at most.
Greeting sniff_greeting(std::string_view bytes);

/// Is a client's first line, with or without its end, a request of HTTP (RFC 9112 3)? A browser that somebody lured to a
/// port of mail says mail commands in its body.
bool is_http_request(std::string_view line);

}  // namespace p3scan::proto
