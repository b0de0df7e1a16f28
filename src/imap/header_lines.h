// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace p3scan::imap {

/// One header field as a mail store counts it. The views alias the header.
struct HeaderLine {
  std::string_view name;    // without blanks in front of the colon; empty if there is no colon
  std::string_view value;   // behind the colon, folding and all, without the last line end
  std::string_view octets;  // all of its lines with their ends
};

/// Reads the fields of a header up to its empty line. Unlike mime::Fields it leaves out nothing, since a store answers
/// with what there is: a line without colon is a field too, and lines that begin with a blank belong to it.
class HeaderLines {
 public:
  explicit HeaderLines(std::string_view header) : rest_(header) {}
  std::optional<HeaderLine> next();

 private:
  std::string_view rest_;
};

/// The value as stores understand it: blanks in front gone, each line end just one LF.
std::string folded_value(std::string_view value);

/// The octets of the line that begins in front of `text`, its end included; all of it if there is no end.
std::size_t line_length(std::string_view text);

/// Length of the line end (CRLF or LF) that `line` closes with: 0, 1 or 2.
std::size_t line_end_length(std::string_view line);

}  // namespace p3scan::imap
