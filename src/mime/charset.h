// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace p3scan::mime {

// Character sets by their MIME name, case-insensitive: us-ascii, utf-8, iso-8859-1, -2, -15 and windows-1252 by our
// own tables, the other usual ones by iconv(3). A name from a mail never reaches iconv unless it is on a list:
// its rarer converters have a history of faults.

/// Text in UTF-8; nothing if the charset is not known or the text not valid in it. iso-8859-1 is read as windows-1252,
/// as all mail programs do. At most 64 KiB are converted by iconv, longer text gives nothing.
std::optional<std::string> to_utf8(std::string_view charset, std::string_view bytes);

/// Well-formed UTF-8 in another charset, '?' for what it lacks; an unknown charset is taken for us-ascii.
std::string from_utf8(std::string_view charset, std::string_view text);

/// The charset has our own tables, so it costs nothing.
bool is_builtin_charset(std::string_view charset);
bool is_utf8_charset(std::string_view charset);

/// The character of an octet in windows-1252; unassigned octets are C1 controls there.
char32_t windows_1252(char octet);

}  // namespace p3scan::mime
