// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/sequence_set.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace p3scan::imap {

std::optional<SequenceSet::Range> SequenceSet::range(std::string_view text) {
  const auto number = [](std::string_view word) -> std::optional<std::uint32_t> {
    if (word == "*") return kStar;
    const auto value = ascii::number<std::uint32_t>(word);
    return value && *value != 0 ? value : std::nullopt;
  };
  const auto colon = text.find(':');
  const auto first = number(text.substr(0, colon));
  const auto last = colon == std::string_view::npos ? first : number(text.substr(colon + 1));
  if (!first || !last) return std::nullopt;
  return Range{*first, *last};
}

std::optional<SequenceSet> SequenceSet::parse(std::string_view text) {
  SequenceSet set;
  for (;;) {
    const auto word = text.substr(0, text.find(','));
    if (word == "$") {
      set.saved_ = true;
    } else {
      const auto next = range(word);
      if (!next || set.ranges_.size() == kMostRanges) return std::nullopt;
      set.ranges_.push_back(*next);
    }
    if (word.size() == text.size()) return set;
    text.remove_prefix(word.size() + 1);
  }
}

bool SequenceSet::contains(std::uint32_t number, std::uint32_t highest) const {
  if (saved_) return true;
  return std::ranges::any_of(ranges_, [&](const Range& range) {
    const auto first = range.first == kStar ? highest : range.first;
    const auto last = range.last == kStar ? highest : range.last;
    return number >= std::min(first, last) && number <= std::max(first, last);
  });
}

bool SequenceSet::names_one() const {
  return !saved_ && ranges_.size() == 1 && ranges_.front().first == ranges_.front().last;
}

std::string sequence_set(std::span<const std::uint32_t> numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    auto end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    if (!text.empty()) text += ',';
    text += std::to_string(numbers[i]);
    if (end > i + 1) text.append(":").append(std::to_string(numbers[end - 1]));
    i = end;
  }
  return text;
}

}  // namespace p3scan::imap
