// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace p3scan::imap {

/// Appends an nstring (RFC 9051 section 4.3): quoted where that is short and allowed, else a literal. What follows a NUL
/// is left out.
void append_string(std::string& out, std::string_view text);

/// The same, line ends left out.
void append_line(std::string& out, std::string_view text);

/// Text that people read, on one line: blanks in a row are one, line ends gone, anything unusual is a literal.
void append_text(std::string& out, std::string_view text);

/// "NIL" for nothing.
void append_line(std::string& out, const std::optional<std::string>& text);

/// "{size}" CRLF.
std::string literal_head(std::size_t size);

}  // namespace p3scan::imap
