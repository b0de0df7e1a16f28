// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include "config/prose.h"
#include "config/text.h"
#include "config/value_text.h"

namespace p3scan::config {
namespace {

constexpr std::size_t kWidth = 76;

std::string commented(std::string_view text) {
  std::string out;
  for (const auto& line : wrap(text, kWidth)) out += fmt::format("# {}\n", line);
  return out;
}

std::string sample_of(const Option& option) {
  const auto value = show_value(option, Config{});
  auto text = explanation(option);
  if (value.empty()) text += " Not set by default; an example:";
  return fmt::format("{}#{} = {}\n\n", commented(text), option.name, value.empty() ? option.example : value);
}

}  // namespace

std::string sample_conf() {
  std::string out = fmt::format("# Configuration of P3Scan {}; see p3scan.conf(5).\n#\n", P3SCAN_VERSION);
  out += commented(
      "One option per line, as \"name = value\". Everything after the name is the value: a comment needs a line of its "
      "own. Lines that begin with # are comments; the ones without a blank after the # show the default of each "
      "option. "
      "p3scan --check tells whether this file is right and what it means.");
  out += '\n';
  for (const auto section : kFileSections) {
    out += fmt::format("# ---- {} ----\n\n", title_of(section));
    for (const auto& option : options())
      if (option.section == section) out += sample_of(option);
  }
  out.pop_back();
  return out;
}

}  // namespace p3scan::config
