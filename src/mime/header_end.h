// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace p3scan::mime {

/// Finds where a header line may be added to a message: behind its header, in front of whatever a mail program might
/// take for the end of it. That is the first of
///   - an empty line, ended by CRLF or LF, or any line that begins with a CR,
///   - a line that is neither a field, a folded line nor an mbox "From " line: lenient readers skip it, strict ones
///     take it for the body, and a field in front of it is right for both,
///   - the end of the message.
/// A line ends at LF; one ending is never looked for at CR alone, because text may hold one.
/// Fed with pieces of any size; constant memory; what comes after the end is not looked at.
class HeaderEnd {
 public:
  void feed(std::string_view piece);
  void finish();  // the message is complete

  [[nodiscard]] bool found() const { return found_; }

  // Valid once found() is true.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }  // the added line goes in front of this octet
  [[nodiscard]] std::string_view line_ending() const {
    return ending_;
  }  // what the added line ends in; CRLF when nothing tells
  /// The message ends inside its last header line: a line_ending() belongs in front of the added line too.
  [[nodiscard]] bool needs_break() const { return needs_break_; }

 private:
  enum class State : std::uint8_t { line_start, name, inside };

  void at(std::uint64_t offset);
  void skip_line(std::string_view& piece);
  void take_octet(char c);
  bool name_octet(char c);

  State state_ = State::line_start;
  bool found_ = false;
  bool needs_break_ = false;
  bool after_cr_ = false;  // the octet before this one was a CR
  std::uint64_t seen_ = 0;
  std::uint64_t line_start_ = 0;
  std::uint64_t offset_ = 0;
  std::string_view ending_ = "\r\n";
  std::array<char, 6> name_{};  // how the line begins: tells "From " from a field
};

}  // namespace p3scan::mime
