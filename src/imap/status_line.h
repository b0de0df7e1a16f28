// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

namespace p3scan::imap {

/// A status response of our own (RFC 9051 section 7.1): "tag NO [UNAVAILABLE] text" CRLF. `code` without brackets, may be
/// empty. In the text, control characters become blanks and what is not ASCII question marks; it is cut to a sane length.
std::string status_line(std::string_view tag, std::string_view status, std::string_view code, std::string_view text);

}  // namespace p3scan::imap
