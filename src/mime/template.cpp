// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/template.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include "mime/language.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kLongestName = 16;

/// The variable that begins with the percent sign at the front; null if it is none.
const TemplateVariable* variable_at(std::string_view text) {
  const auto name = text.substr(1, text.substr(1, kLongestName).find('%'));
  const auto* const found = std::ranges::find(kTemplateVariables, name, &TemplateVariable::name);
  const bool closed = name.size() + 1 < text.size() && text[name.size() + 1] == '%';
  return closed && found != std::end(kTemplateVariables) ? found : nullptr;
}

}  // namespace

std::string crlf_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size() + (text.size() / 16));
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' || text[i] == '\n') {
      if (text.substr(i).starts_with("\r\n")) ++i;
      out += "\r\n";
    } else if (text[i] != '\0') {
      out += text[i];
    }
  }
  if (!out.empty() && !out.ends_with('\n')) out += "\r\n";
  return out;
}

std::string expand(std::string_view text, const TemplateValues& values) {
  const auto lines = crlf_lines(text);
  std::string_view rest = lines;
  std::string out;
  while (!rest.empty()) {
    const auto literal = rest.substr(0, rest.find('%'));
    out += literal;
    rest.remove_prefix(literal.size());
    if (rest.empty()) break;
    if (const auto* const variable = variable_at(rest)) {
      out += values.*variable->value;
      rest.remove_prefix(variable->name.size() + 2);
    } else {
      out += '%';
      rest.remove_prefix(1);
    }
  }
  return out;
}

std::string_view default_template() { return language_template("en"); }

}  // namespace p3scan::mime
