// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace p3scan::proto {

/// Reads one dot-stuffed message (RFC 1939 section 3, RFC 5321 section 4.5.2) off the wire, in whatever chunks it
/// comes. Only CRLF.CRLF ends it, or .CRLF as the very first octets; bare CR, bare LF and NUL are data.
/// Copies nothing: the content comes as few large pieces of the input, cut only where a dot was taken out.
class DotReader {
 public:
  /// Takes octets off the front of `wire` until it is empty or the message has ended, and appends to `content` the
  /// true octets (views of `wire`, or of static storage). The CRLF before the terminator belongs to the content.
  /// A dot that starts a line and is followed by neither a dot nor CRLF should have been doubled by the sender; it is
  /// taken out like every reader does, and `lone_dots` gets the message offset of the octet after it.
  /// Returns true when the terminator has been taken; the next read starts a new message.
  bool read(std::string_view& wire, std::vector<std::string_view>& content, std::vector<std::uint64_t>& lone_dots);

  /// Octets of content of the current message so far.
  std::uint64_t octets() const { return octets_; }

  /// Forgets a message in the middle.
  void reset() { *this = DotReader(); }

 private:
  /// Named after the octets seen last. The dot of `dot` and `dot_cr`, and the CR of `dot_cr`, are not yet content.
  enum class State { line_start, text, cr, dot, dot_cr };

  std::size_t read_text(std::string_view wire, std::size_t at);
  bool after_dot(char c, std::vector<std::uint64_t>& lone_dots);

  State state_ = State::line_start;
  std::uint64_t octets_ = 0;
};

/// The way back: puts dots in front of lines that begin with one, and the lone dots where they were.
class DotWriter {
 public:
  /// Appends to `wire` the pieces (views of `content`, or of static storage) that carry `content`, which follows
  /// what was written before. The first octet ever written starts a line. `lone_dots`: ascending offsets, where
  /// `offset` is that of the first octet of `content`; those before it are ignored.
  void write(std::string_view content, std::vector<std::string_view>& wire,
             std::span<const std::uint64_t> lone_dots = {}, std::uint64_t offset = 0);

  /// What ends the message: the terminator, after a CRLF if the content did not end with one.
  std::string_view terminator() const { return state_ == State::line_start ? ".\r\n" : "\r\n.\r\n"; }

 private:
  enum class State { line_start, text, cr };

  void write_part(std::string_view content, std::vector<std::string_view>& wire);

  State state_ = State::line_start;
};

}  // namespace p3scan::proto
