// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace p3scan::mime {

/// A field in which spam filters write what they think: X-Spam, X-Spam-*, X-Spamd-*, X-DSPAM-*, X-Bogosity. Anybody can
/// send such fields, so those that came with a message say nothing.
bool is_spam_field(std::string_view name);

/// Whether a spam filter's field calls the message spam: "X-Spam-Flag: YES", "X-Spam-Status: Yes, ...",
/// "X-Spam: Yes", "X-DSPAM-Result: Spam", "X-Bogosity: Spam, ...".
bool says_spam(std::string_view name, std::string_view value);

/// What a spam filter that writes no fields of its own thinks of a message.
struct SpamMark {
  bool spam = false;
  double score = 0;
  double required = 0;                   // the score from which on a message is spam
  std::span<const std::string> symbols;  // names of the rules that it fits; may hold anything
};

/// The fields that say so, each line ended by CRLF: X-Spam-Flag (of spam only), -Score, -Level, -Status. At most 100
/// symbols, reduced to letters, digits and "_-.".
std::string spam_fields(const SpamMark& mark);

}  // namespace p3scan::mime
