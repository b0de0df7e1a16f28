// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

namespace p3scan::imap {

/// ENVELOPE (RFC 9051 section 7.5.2) of the message with this header, in parentheses; of several fields of one
/// name the last counts, but addresses add up.
std::string envelope_of(std::string_view header);

}  // namespace p3scan::imap
