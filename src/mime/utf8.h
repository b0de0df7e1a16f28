// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
namespace p3scan::mime {

/// Octets of the character at the front, 0 if what stands there is none.
std::size_t utf8_length(std::string_view text);
/// The character at the front, which must be well-formed.
char32_t utf8_code(std::string_view text);
bool is_utf8(std::string_view text);
void append_utf8(std::string& out, char32_t code);

/// As much of the front of well-formed text as fits into `max` octets without cutting a character.
std::string_view utf8_prefix(std::string_view text, std::size_t max);

/// Text that is safe to show on one line: always UTF-8 (octets that are not are read as windows-1252), every control
/// character (C0, DEL, C1, line and paragraph separator) replaced by a blank. Nothing changes the second time.
std::string display_text(std::string_view bytes);

}  // namespace p3scan::mime
