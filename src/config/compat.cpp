// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include "config/option.h"
#include "config/text.h"

namespace p3scan::config {

std::string compat_text() {
  std::string out;
  for (const auto& option : options()) {
    if (option.compat.kind == Compat::fresh) continue;
    const auto add = [&](std::string_view name) {
      if (!name.empty()) out += fmt::format("{}\t{}\t{}\n", name, word_of(option.compat.kind), option.compat.text);
    };
    add(option.name);
    for (const auto alias : option.aliases) add(alias);
  }
  return out;
}

}  // namespace p3scan::config
