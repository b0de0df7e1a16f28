// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "scan/mail_facts.h"

namespace p3scan::scan {

/// Octets of one reply's body; longer ones are nonsense.
inline constexpr std::size_t kRspamdReplyMax = std::size_t{1} << 20;

/// What rspamd is told in HTTP fields about a message. A sent mail has the client's address and, if it logged in, its
/// user, which rspamd trusts. A fetched one has neither: its client is not who sent it, and a user would make it the
/// mail of an authenticated sender. It has its recipient, if the login name (`user`) is an address. `sender`: the
/// envelope's, if it is known. What has blanks or control characters is left out.
std::vector<std::pair<std::string, std::string>> rspamd_fields(const MailFacts& facts, std::string_view user,
                                                               std::string_view sender);

struct RspamdReply {
  bool spam = false;  // the action is one for spam: add header, rewrite subject, quarantine, discard, reject
  std::string action;
  double score = 0;
  double required = 0;
  std::vector<std::string> symbols;  // those with a score, the weightiest first; at most 100
};

/// The body of a reply to /checkv2, which is JSON. An error, one printable line, is whatever is not a result: other JSON, an "error"
/// in it, a message that rspamd skipped without calling it spam.
Result<RspamdReply, std::string> read_rspamd_reply(std::string_view body);

}  // namespace p3scan::scan
