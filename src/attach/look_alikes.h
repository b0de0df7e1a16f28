// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

namespace p3scan::attach {

/// The ASCII characters, lower case, that a character outside of ASCII looks like or is taken for by a system that does
/// not know it: full-width, mathematical, enclosed and accented letters, look-alikes of other scripts, dots and slashes
/// of all kinds, blanks. Empty if it is none.
std::string_view ascii_of(char32_t code);

/// Makes text that follows run in another direction, so that an extension shows elsewhere than at the end.
bool is_direction_override(char32_t code);

/// Takes no room: zero width, marks on letters, direction marks, soft hyphens, C1 controls.
bool is_invisible(char32_t code);

/// The character at the front of `text`, which is not empty and loses it. An octet that is no UTF-8 is taken for the
/// ISO-8859-1 character of that number. Overlong forms of three and four octets are taken for what they spell, as
/// careless decoders do.
char32_t take_character(std::string_view& text);

}  // namespace p3scan::attach
