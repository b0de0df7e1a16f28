// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/header_end.h"

#include <cstdint>

namespace p3scan::mime {

void HeaderEnd::at(std::uint64_t offset) {
  found_ = true;
  offset_ = offset;
}

/// Judges one octet of what should be a field name. Returns false if the line is no header line.
bool HeaderEnd::name_octet(char c) {
  const auto length = seen_ - line_start_;
  if (c == ':') {
    state_ = State::inside;
    return length > 0;
  }
  if (c == ' ') {
    state_ = State::inside;
    const auto name = std::string_view(name_).substr(0, length);
    return name == "From" || name == ">From";
  }
  if (length < name_.size()) name_.at(length) = c;
  return c > ' ' && c < 0x7f;
}

/// Passes over the rest of a header line, up to and including its LF.
void HeaderEnd::skip_line(std::string_view& piece) {
  const auto lf = piece.find('\n');
  const auto text = piece.substr(0, lf);
  if (!text.empty()) after_cr_ = text.back() == '\r';
  seen_ += text.size();
  piece.remove_prefix(text.size());
  if (piece.empty()) return;
  ending_ = after_cr_ ? "\r\n" : "\n";
  after_cr_ = false;
  state_ = State::line_start;
  line_start_ = ++seen_;
  piece.remove_prefix(1);
}

/// Judges one octet from the beginning of a line. CR and LF are no part of a name, so an empty line ends the header here.
void HeaderEnd::take_octet(char c) {
  if (state_ == State::line_start && (c == ' ' || c == '\t')) {
    state_ = State::inside;
  } else {
    state_ = State::name;
    if (seen_ == 0 && c == '\n') ending_ = "\n";
    if (!name_octet(c)) at(line_start_);
  }
  ++seen_;
}

void HeaderEnd::feed(std::string_view piece) {
  while (!found_ && !piece.empty()) {
    if (state_ == State::inside) {
      skip_line(piece);
    } else {
      take_octet(piece.front());
      piece.remove_prefix(1);
    }
  }
}

void HeaderEnd::finish() {
  if (found_) return;
  needs_break_ = state_ == State::inside;
  at(state_ == State::name ? line_start_ : seen_);
}

}  // namespace p3scan::mime
