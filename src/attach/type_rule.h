// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace p3scan::attach {

/// Which MIME types are dangerous. A pattern may have `*` for any characters.
class TypeRule {
 public:
  explicit TypeRule(std::span<const std::string> patterns = {});  // none: kBadTypes

  /// The pattern that matches, or nothing. In any case.
  std::optional<std::string> match(std::string_view type) const;

 private:
  std::vector<std::string> patterns_;
};

}  // namespace p3scan::attach
