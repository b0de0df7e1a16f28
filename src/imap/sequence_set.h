// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace p3scan::imap {

/// A sequence set (RFC 9051 section 9) of message numbers or UIDs, as it was written: "1:4,7,9:*" or "$" (RFC 5182).
class SequenceSet {
 public:
  /// Nothing if the text is no set, or one of more than kMostRanges ranges.
  static std::optional<SequenceSet> parse(std::string_view text);

  /// `highest`: what "*" means, the largest number in the mailbox. A set that names a saved result ("$") may contain
  /// any number, as nobody but the server knows.
  [[nodiscard]] bool contains(std::uint32_t number, std::uint32_t highest) const;

  /// True if it is a number alone, or "*".
  [[nodiscard]] bool names_one() const;

  [[nodiscard]] bool saved_result() const { return saved_; }

  static constexpr std::size_t kMostRanges = 20000;

 private:
  static constexpr std::uint32_t kStar = 0;  // no number of a message is 0
  struct Range {
    std::uint32_t first = kStar;
    std::uint32_t last = kStar;
  };
  static std::optional<Range> range(std::string_view text);

  std::vector<Range> ranges_;
  bool saved_ = false;
};

/// Writes a set of these numbers, which are in ascending order: "3:5,9".
std::string sequence_set(std::span<const std::uint32_t> numbers);

}  // namespace p3scan::imap
