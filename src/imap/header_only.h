// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <algorithm>
#include <string_view>

namespace p3scan::imap {

/// Watches what a server says are header lines: a hostile one could put a whole message there. They end with the first
/// empty line (RFC 9051 section 6.4.5.1).
class HeaderOnly {
 public:
  /// False once there is something behind the empty line.
  bool feed(std::string_view octets) {
    return std::ranges::all_of(octets, [this](char c) { return take(c); });
  }

 private:
  bool take(char c) {
    if (ended_) return false;
    if (c == '\n') {
      ended_ = line_is_empty_;
      line_is_empty_ = true;
    } else if (c != '\r') {
      line_is_empty_ = false;
    }
    return true;
  }

  bool line_is_empty_ = true;
  bool ended_ = false;
};

}  // namespace p3scan::imap
