// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/header_end.h"

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

void HeaderEnd::feed(std::string_view piece) {
  while (!found_ && !piece.empty()) {
    if (state_ == State::inside) {
      const auto lf = piece.find('\n');
      const auto text = piece.substr(0, lf);
      if (!text.empty()) after_cr_ = text.back() == '\r';
      seen_ += text.size();
      piece.remove_prefix(text.size());
      if (piece.empty()) return;
      ending_ = after_cr_ ? "\r\n" : "\n";
      after_cr_ = false;
      state_ = State::line_start;
      line_start_ = seen_ + 1;
    } else if (state_ == State::line_start && (piece.front() == '\r' || piece.front() == '\n')) {
      if (seen_ == 0 && piece.front() == '\n') ending_ = "\n";
      return at(seen_);
    } else if (state_ == State::line_start && (piece.front() == ' ' || piece.front() == '\t')) {
      state_ = State::inside;
    } else {
      state_ = State::name;
      if (!name_octet(piece.front())) return at(line_start_);
    }
    ++seen_;
    piece.remove_prefix(1);
  }
}

void HeaderEnd::finish() {
  if (found_) return;
  if (state_ == State::name) return at(line_start_);
  needs_break_ = state_ == State::inside;
  at(seen_);
}

}  // namespace p3scan::mime
