// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

namespace p3scan::mime {

struct SpamNoticeInput {
  std::string_view early;     // early_header() of the original message: the result begins with exactly these octets
  std::string_view head;      // the beginning of the original message
  std::string_view language;  // one that known_language() gave; another gives English
  std::string_view date;      // rfc5322_date() of now
  std::string_view hostname;  // of the gateway; may be empty
};

/// The message that a client gets in place of a spam that was removed. Promises what notification() does.
std::string spam_notice(const SpamNoticeInput& input);

}  // namespace p3scan::mime
