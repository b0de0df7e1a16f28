// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace p3scan::worker {

/// Base64 (RFC 2045, 6.8) in pieces of any size. Octets that are not of the alphabet are skipped.
class Base64Decoder {
 public:
  /// What this piece completes; valid until the next call.
  std::string_view decode(std::string_view piece);

 private:
  std::string out_;
  std::uint32_t bits_ = 0;
  unsigned count_ = 0;  // of bits
};

}  // namespace p3scan::worker
