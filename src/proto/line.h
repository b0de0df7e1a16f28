// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string_view>

namespace p3scan::proto {

/// What ends a line. A server is held to CRLF: a bare LF that we take as the end but it does not (or the other way
/// round) lets a sender hide commands and messages. Clients that end commands with LF alone exist and are harmless
/// as long as the command goes on with CRLF.
enum class LineEnd { crlf, crlf_or_lf };

/// Takes lines off the front of a view. Owns no bytes; a line aliases the view it was taken from.
class LineReader {
 public:
  enum class Status {
    need_more,  // the view holds no whole line; what there is stays in it
    line,       // a line was taken
    too_long,   // a line longer than the limit was swallowed, its end included
  };

  /// `limit`: octets of the longest line with its end. The views must be able to grow to `limit` octets.
  LineReader(LineEnd end, std::size_t limit) : end_(end), limit_(limit) {}

  /// `line` is set with Status::line only, without its end. Swallows a too long line in as many calls as its
  /// chunks need.
  Status next(std::string_view& input, std::string_view& line);

 private:
  LineEnd end_;
  std::size_t limit_;
  bool swallowing_ = false;
};

}  // namespace p3scan::proto
