// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "config/prose.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "config/value_text.h"

namespace p3scan::config {

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (auto word = ascii::take_word(text); !word.empty(); word = ascii::take_word(text)) {
    if (lines.empty() || lines.back().size() + 1 + word.size() > width)
      lines.emplace_back(word);
    else
      lines.back().append(" ").append(word);
  }
  return lines;
}

std::vector<std::string> sentences(std::string_view text) {
  std::vector<std::string> found;
  while (!text.empty()) {
    const auto end = text.find(". ");
    found.emplace_back(text.substr(0, end == std::string_view::npos ? end : end + 1));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  return found;
}

std::string explanation(const Option& option) {
  std::string text(option.help);
  if (!text.starts_with("CR ") && !text.empty()) text[0] = ascii::upper(text[0]);
  text += ".";
  return option.man.empty() ? text : fmt::format("{} {}", text, option.man);
}

std::string default_sentence(const Option& option) {
  if (option.section == Section::command || option.is<Command>()) return {};
  const auto value = show_value(option, Config{});
  if (value.empty()) return "Not set by default.";
  const auto unit = option.unit.empty() ? std::string() : fmt::format(" {}", option.unit);
  return fmt::format("Default: {}{}{}", value, unit, value.ends_with('.') ? "" : ".");
}

}  // namespace p3scan::config
