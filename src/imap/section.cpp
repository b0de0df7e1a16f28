// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/section.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "imap/fetch_item.h"
#include "imap/strings.h"

namespace p3scan::imap {
namespace {

using Text = Section::Text;

struct Keyword {
  std::string_view name;
  Text text;
};
constexpr Keyword kKeywords[] = {
    {"HEADER", Text::header},
    {"HEADER.FIELDS", Text::header_fields},
    {"HEADER.FIELDS.NOT", Text::header_fields_not},
    {"TEXT", Text::text},
    {"MIME", Text::mime},
};

bool has_fields(Text text) { return text == Text::header_fields || text == Text::header_fields_not; }

std::string_view take_digits(std::string_view& text) {
  const auto digits = text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
  text.remove_prefix(digits.size());
  return digits;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// "1.2" or "1.2." in front of a keyword. False if there is something wrong with it.
bool take_part(std::string_view& text, std::vector<std::uint32_t>& part) {
  bool more = !text.empty() && ascii::is_digit(text.front());
  while (more) {
    const auto number = ascii::number<std::uint32_t>(take_digits(text));
    if (!number || *number == 0 || part.size() == kDeepestPart) return false;
    part.push_back(*number);
    if (text.starts_with(']')) return true;
    if (!take(text, '.') || text.empty() || text.front() == ']') return false;
    more = ascii::is_digit(text.front());
  }
  return true;
}

/// "(To Cc)"
bool take_fields(std::string_view& text, std::vector<std::string>& fields) {
  if (!take(text, '(')) return false;
  while (!take(text, ')')) {
    if (!fields.empty() && !take(text, ' ')) return false;
    auto field = take_astring(text);
    if (!field || field->empty() || !write_astring(*field)) return false;
    fields.push_back(std::move(*field));
  }
  return !fields.empty();
}

bool take_keyword(std::string_view& text, Section& section) {
  const auto word = text.substr(0, text.find_first_of("] "));
  const auto* const row =
      std::ranges::find_if(kKeywords, [&](const Keyword& known) { return ascii::equal_nocase(known.name, word); });
  if (row == std::end(kKeywords)) return false;
  section.text = row->text;
  text.remove_prefix(word.size());
  if (section.text == Text::mime && section.part.empty()) return false;
  return !has_fields(section.text) || (take(text, ' ') && take_fields(text, section.fields));
}

std::uint32_t cut(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

std::optional<Section> take_section(std::string_view& text) {
  Section section;
  if (!take(text, '[') || !take_part(text, section.part)) return std::nullopt;
  if (take(text, ']')) return section;
  if (!take_keyword(text, section) || !take(text, ']')) return std::nullopt;
  return section;
}

std::optional<Partial> take_partial(std::string_view& text) {
  if (!take(text, '<')) return std::nullopt;
  const auto first = ascii::number<std::uint64_t>(take_digits(text));
  if (!first || !take(text, '.')) return std::nullopt;
  const auto count = ascii::number<std::uint64_t>(take_digits(text));
  if (!count || *count == 0 || !take(text, '>')) return std::nullopt;
  return Partial{cut(*first), cut(*count)};
}

std::string section_text(const Section& section) {
  std::string out;
  for (const auto number : section.part) {
    if (!out.empty()) out += '.';
    out += std::to_string(number);
  }
  if (section.text == Text::none) return out;
  if (!out.empty()) out += '.';
  out += std::ranges::find(kKeywords, section.text, &Keyword::text)->name;
  if (!has_fields(section.text)) return out;
  for (const auto& field : section.fields) {
    out += &field == &section.fields.front() ? " (" : " ";
    out += write_astring(field).value_or("\"\"");
  }
  return out + ')';
}

}  // namespace p3scan::imap
