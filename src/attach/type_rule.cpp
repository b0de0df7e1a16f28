// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "attach/type_rule.h"

#include <algorithm>

#include "attach/defaults.h"
#include "base/ascii.h"

namespace p3scan::attach {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return out;
}

/// `*` stands for any characters, also none. Goes back to the last star only: at most size times size steps.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

TypeRule::TypeRule(std::span<const std::string> patterns) {
  const auto add = [this](std::string_view pattern) {
    if (const auto trimmed = ascii::trim(pattern); !trimmed.empty()) patterns_.push_back(lower(trimmed));
  };
  if (patterns.empty()) std::ranges::for_each(kBadTypes, add);
  std::ranges::for_each(patterns, add);
}

std::optional<std::string> TypeRule::match(std::string_view type) const {
  constexpr std::size_t longest = 256;
  const auto folded = lower(ascii::trim(type.substr(0, longest)));
  for (const auto& pattern : patterns_) {
    if (matches(pattern, folded)) return pattern;
  }
  return std::nullopt;
}

}  // namespace p3scan::attach
