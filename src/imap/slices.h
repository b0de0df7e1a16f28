// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/dialog.h"

namespace p3scan::imap {

/// Octets put together from stretches of a message, which are not copied, and others, which are.
class Slices {
 public:
  void add(std::string text);
  void add(std::uint64_t offset, std::uint64_t length);

  std::uint64_t size() const { return size_; }
  std::uint64_t copied() const;  // octets that are not of the message
  bool has_nul(std::string_view message) const;
  /// Octets [first, first + count), as far as there are any.
  Slices part(std::uint64_t first, std::uint64_t count) const;
  /// `lead`: words in front. All of it is moved away.
  void append_to(std::vector<proto::Piece>& pieces, std::string lead);

 private:
  // A piece with text has no octets of the message.
  std::vector<proto::Piece> slices_;
  std::uint64_t size_ = 0;
};

}  // namespace p3scan::imap
