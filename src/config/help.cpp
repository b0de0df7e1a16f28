// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include "config/prose.h"
#include "config/text.h"
#include "config/value_text.h"

namespace p3scan::config {
namespace {

constexpr std::size_t kColumn = 34;  // where explanations begin
constexpr std::size_t kWidth = 79;

std::string syntax(const Option& option) {
  const auto letter = option.letter != 0 ? fmt::format("-{}, ", option.letter) : std::string(4, ' ');
  const auto argument = option.takes_value() ? fmt::format("={}", option.argument) : std::string();
  return fmt::format("  {}--{}{}", letter, option.name, argument);
}

std::string help_of(const Option& option) {
  auto text = std::string(option.help);
  const auto value = option.section == Section::command && !option.is<ConfigfileOption>()
                         ? std::string()
                         : show_value(option, Config{});
  if (option.takes_value() && !value.empty())
    text += fmt::format(" [{}{}{}]", value, option.unit.empty() ? "" : " ", option.unit);
  if (!option.takes_value() && value == "yes") text += " [yes]";
  std::string out = syntax(option);
  if (out.size() + 2 > kColumn) out += '\n';
  for (const auto& line : wrap(text, kWidth - kColumn)) {
    const auto column = out.size() - (out.rfind('\n') + 1);
    out += fmt::format("{:{}}{}\n", "", kColumn - column, line);
  }
  return out;
}

std::string help_of(Section section) {
  std::string out = fmt::format("\n{}:\n", title_of(section));
  for (const auto& option : options())
    if (option.section == section) out += help_of(option);
  return out;
}

}  // namespace

std::string version_text() {
  return fmt::format(
      "\n"
      "P3Scan {}\n"
      "Copyright (C) the authors of P3Scan.\n"
      "Free software under the GNU General Public License, version 2 or later.\n"
      "\n",
      P3SCAN_VERSION);
}

std::string help_text() {
  std::string out = version_text();
  out +=
      "Transparent scanning gateway for POP3 and SMTP.\n"
      "\n"
      "Usage: p3scan [options]\n"
      "\n"
      "Every long option is also a key of the configuration file, as in\n"
      "\"name = value\". What is given here wins over the file. Names may be cut as\n"
      "long as they are unambiguous; a flag may be followed by =no. p3scan.conf(5)\n"
      "explains each option.\n";
  out += help_of(Section::command);
  for (const auto section : kFileSections) out += help_of(section);
  return out;
}

}  // namespace p3scan::config
