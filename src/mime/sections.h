// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/parameter.h"

namespace p3scan::mime {

/// Puts parameters together that are written as RFC 2231 has it: "name*", "name*0", "name*1*".
class Sections {
 public:
  /// `name` has a star in it. False if there are `max` sections already.
  bool add(std::string_view name, std::string value, std::size_t max);

  /// Every plausible reading of each parameter: sections in the order of their numbers up to a gap, in the order in
  /// which they are written, and with the first or the last of those that have the same number.
  std::vector<Parameter> joined() const;

 private:
  struct Section {
    std::string name;
    std::optional<std::size_t> number;  // none: the whole value
    bool extended = false;              // percent-encoded; the first one begins with charset'language'
    std::string value;
  };
  using List = std::vector<const Section*>;

  static Parameter join(const List& sections);
  static void add_numbered(const List& written, std::vector<Parameter>& out);

  std::vector<Section> all_;
};

}  // namespace p3scan::mime
