// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace p3scan::mime {

/// A header value as a reader should see it: unfolded, encoded-words decoded (also where they stand inside other text,
/// as mail programs do), always one line of UTF-8 without control characters (see display_text). An encoded-word that
/// is not valid, or whose charset is not known, stays as written. Values are cut at 64 KiB.
std::string decode(std::string_view value);

/// The decoded value of the first field of that name, cut to `max` octets; empty if there is none.
std::string display_value(std::string_view head, std::string_view name, std::size_t max = 1000);

/// Any text as the value of an unstructured header field or, if it needs encoding, as words of a phrase: folded with
/// CRLF, lines of at most 78 octets as far as words allow, encoded-words of at most 75, none with part of a character.
/// Control characters become blanks. `column` octets stand on the line already.
/// decode(encode(x)) == display_text(x).
std::string encode(std::string_view text, std::size_t column);

/// Whether encode() would use encoded-words.
bool needs_encoding(std::string_view text);

}  // namespace p3scan::mime
