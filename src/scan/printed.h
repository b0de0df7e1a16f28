// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace p3scan::scan {

/// What an engine said, fit for a name or a reason: control characters become '?', at most 200 octets.
inline std::string printed(std::string_view text) {
  constexpr std::size_t shown = 200;
  std::string out(text.substr(0, shown));
  std::ranges::replace_if(out, ascii::is_control, '?');
  return out;
}

}  // namespace p3scan::scan
