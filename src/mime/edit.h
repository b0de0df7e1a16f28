// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string_view>

namespace p3scan::mime {

/// Takes the edits of one pass over a message, in ascending order; what no edit names stays, octet for octet.
class Edits {
 public:
  Edits() = default;
  Edits(const Edits&) = delete;
  Edits& operator=(const Edits&) = delete;
  Edits(Edits&&) = delete;
  Edits& operator=(Edits&&) = delete;
  virtual ~Edits() = default;

  /// Octets [offset, offset + length) of the message become `text`, which is used before the call returns. `offset` is
  /// never below the end of the edit before it; a call right there with length 0 goes on with that edit's text.
  virtual void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) = 0;
};

}  // namespace p3scan::mime
