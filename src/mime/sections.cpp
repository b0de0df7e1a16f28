// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/sections.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "mime/digits.h"

namespace p3scan::mime {
namespace {

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = text[i] == '%' ? hex_octet(text.substr(i + 1)) : std::nullopt;
    out += octet.value_or(text[i]);
    i += octet ? 2 : 0;
  }
  return out;
}

/// Takes "charset'language'" off the front; the charset in lower case. A value without it has none.
std::string take_charset(std::string_view& text) {
  const auto charset = text.find('\'');
  if (charset == std::string_view::npos) return {};
  const auto language = text.find('\'', charset + 1);
  if (language == std::string_view::npos) return {};
  auto name = ascii::lower(text.substr(0, charset));
  text.remove_prefix(language + 1);
  return name;
}

}  // namespace

bool Sections::add(std::string_view name, std::string value, std::size_t max) {
  if (all_.size() == max) return false;
  Section section;
  section.value = std::move(value);
  section.name = name.substr(0, name.find('*'));
  name.remove_prefix(section.name.size() + 1);
  section.extended = name.empty() || name.ends_with('*');
  if (name.ends_with('*')) name.remove_suffix(1);
  section.number = ascii::number<std::size_t>(name);
  all_.push_back(std::move(section));
  return true;
}

Parameter Sections::join(const List& sections) {
  Parameter out;
  out.name = sections.front()->name;
  for (const auto* const section : sections) {
    std::string_view value = section->value;
    if (section->extended && section == sections.front()) out.charset = take_charset(value);
    out.value += section->extended ? percent_decoded(value) : std::string(value);
  }
  return out;
}

void Sections::add_numbered(const List& written, std::vector<Parameter>& out) {
  std::map<std::size_t, const Section*> first;
  std::map<std::size_t, const Section*> last;
  for (const auto* const section : written) {
    first.emplace(section->number.value_or(0), section);
    last.insert_or_assign(section->number.value_or(0), section);
  }
  List up_to_gap;
  for (const auto& [number, section] : first)
    if (number == up_to_gap.size()) up_to_gap.push_back(section);
  if (!up_to_gap.empty()) out.push_back(join(up_to_gap));
  for (const auto* const by_number : {&first, &last}) {
    List sorted;
    for (const auto& [number, section] : *by_number) sorted.push_back(section);
    out.push_back(join(sorted));
  }
  out.push_back(join(written));
}

std::vector<Parameter> Sections::joined() const {
  std::vector<Parameter> out;
  std::vector<std::string_view> done;
  for (const auto& section : all_) {
    if (!section.number) {
      out.push_back(join({&section}));
      continue;
    }
    if (std::ranges::find(done, section.name) != done.end()) continue;
    done.push_back(section.name);
    List written;
    for (const auto& other : all_)
      if (other.number && other.name == section.name) written.push_back(&other);
    add_numbered(written, out);
  }
  return out;
}

}  // namespace p3scan::mime
