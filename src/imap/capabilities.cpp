// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/capabilities.h"

#include <algorithm>

#include "base/ascii.h"

namespace p3scan::imap {
namespace {

/// A name that ends in "*" stands for all that begin so.
constexpr std::string_view kHidden[] = {
    "COMPRESS=*",  // RFC 4978: the rest of the session would be unreadable
    "CATENATE",    // RFC 4469: a message put together on the server
    "URLAUTH*",
    "URL-PARTIAL",  // RFC 4467, RFC 5524, RFC 5550: content by other names
    "CONVERT",      // RFC 5259
    "NOTIFY",       // RFC 5465: message content unasked
    "PREVIEW*",
    "SNIPPET*",               // RFC 8970
    "REPLACE",                // RFC 8508
    "UIDONLY",                // RFC 9586: UIDFETCH instead of FETCH
    "ANNOTATE-EXPERIMENT-*",  // RFC 5257
    "XSNIPPET*",
};
constexpr std::string_view kReferrals[] = {"LOGIN-REFERRALS", "MAILBOX-REFERRALS"};  // RFC 2221, RFC 2193

bool matches(std::string_view capability, std::string_view pattern) {
  if (!pattern.ends_with('*')) return ascii::equal_nocase(capability, pattern);
  pattern.remove_suffix(1);
  return ascii::starts_with_nocase(capability, pattern);
}

}  // namespace

bool is_hidden_capability(std::string_view capability, const CapabilityView& view) {
  const auto fits = [&](std::string_view pattern) { return matches(capability, pattern); };
  if (ascii::equal_nocase(capability, "STARTTLS")) return !view.starttls;
  if (!view.referrals && std::ranges::any_of(kReferrals, fits)) return true;
  return std::ranges::any_of(kHidden, fits);
}

std::string shown_capabilities(std::string_view list, const CapabilityView& view) {
  std::string shown;
  for (auto word = ascii::take_word(list); !word.empty(); word = ascii::take_word(list)) {
    if (is_hidden_capability(word, view)) continue;
    if (!shown.empty()) shown += ' ';
    shown += word;
  }
  return shown;
}

bool lists_capability(std::string_view list, std::string_view capability) {
  for (auto word = ascii::take_word(list); !word.empty(); word = ascii::take_word(list)) {
    if (ascii::equal_nocase(word, capability)) return true;
  }
  return false;
}

}  // namespace p3scan::imap
