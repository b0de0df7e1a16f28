// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace p3scan::imap {

/// Decodes a whole body; nothing if it breaks the rules of its encoding (RFC 2045 sections 6.7, 6.8).
///   quoted-printable: hexadecimal digits of either case; blanks at line ends vanish, line ends become CRLF.
///   base64: blanks and line ends may be anywhere; what follows the padding is left out.
std::optional<std::string> strict_quoted_printable(std::string_view text);
std::optional<std::string> strict_base64(std::string_view text);

}  // namespace p3scan::imap
