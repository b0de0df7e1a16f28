// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace p3scan::notify {

/// A mail of our own on its way.
struct Letter {
  std::vector<std::string> to;  // is_safe_address() all; those that got it are taken out
  std::string subject;          // UTF-8, one line
  std::string message;          // whole, lines ended by CRLF, without Message-ID
};

/// What came of one try.
struct Delivery {
  enum class Result : std::uint8_t {
    sent,   // to all that were left
    later,  // not to all; another try may help
    never,  // not to all, and another try is of no use
  };
  Result result = Result::sent;
  std::string why = {};  // for the log
};

}  // namespace p3scan::notify
