// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/language.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "mime/header.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kMaxValue = 500;
constexpr std::size_t kMaxSubtag = 8;
constexpr std::string_view kEnglish = "en";
constexpr std::string_view kAuto = "auto";
constexpr int kHighest = 1000;  // a quality of 1, in thousandths

struct Alias {
  std::string_view name;
  std::string_view language;
};
constexpr std::array<Alias, 2> kOldNames = {{{.name = "ge", .language = "de"}, {.name = "sp", .language = "es"}}};

std::optional<std::string_view> find(std::string_view name) {
  for (const auto& one : built_in_templates())
    if (ascii::equal_nocase(one.language, name)) return one.language;
  return std::nullopt;
}

bool is_letter(char c) { return ascii::upper(c) >= 'A' && ascii::upper(c) <= 'Z'; }

/// Takes what stands before the separator, and the separator, off the front.
std::string_view take_until(std::string_view& text, char separator) {
  const auto piece = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), piece.size() + 1));
  return piece;
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.back() == '-') return false;
  for (bool first = true; !text.empty(); first = false) {
    const auto subtag = take_until(text, '-');
    if (subtag.empty() || subtag.size() > kMaxSubtag) return false;
    if (!std::ranges::all_of(subtag, [first](char c) { return is_letter(c) || (!first && ascii::is_digit(c)); }))
      return false;
  }
  return true;
}

/// "0", "0.75", "1.000" in thousandths.
std::optional<int> quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text.front() != '0' && text.front() != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int value = text.front() - '0';
  for (std::size_t i = 2; i < 5; ++i) {
    const char digit = i < text.size() ? text[i] : '0';
    if (!ascii::is_digit(digit)) return std::nullopt;
    value = (value * 10) + (digit - '0');
  }
  return value <= kHighest ? std::optional(value) : std::nullopt;
}

struct Range {
  std::string_view tag;  // or "*"
  int quality = kHighest;
};

std::optional<Range> range(std::string_view text) {
  Range one;
  const bool weighed = text.contains(';');
  one.tag = ascii::trim(take_until(text, ';'));
  if (one.tag != "*" && !is_tag(one.tag)) return std::nullopt;
  if (!weighed) return one;
  const auto weight = ascii::trim(text);
  if (!ascii::starts_with_nocase(weight, "q=")) return std::nullopt;
  const auto value = quality(weight.substr(2));
  if (!value) return std::nullopt;
  one.quality = *value;
  return one;
}

/// The best known language of a list; of equal ones the first.
std::optional<std::string_view> best_of(std::string_view list) {
  std::optional<std::string_view> best;
  int highest = 0;
  while (!list.empty()) {
    const auto one = range(take_until(list, ','));
    if (!one) return std::nullopt;
    const auto known = known_language(one->tag);
    if (!known || one->quality <= highest) continue;
    best = known;
    highest = one->quality;
  }
  return best;
}

std::optional<std::string_view> language_of(std::string_view head, std::string_view name) {
  const auto field = find_field(head, name);
  if (!field || field->value.size() > kMaxValue || count_fields(head, name) != 1) return std::nullopt;
  const std::string value = unfold(field->value);
  return best_of(value);
}

std::optional<std::string_view> from_setting(std::string_view name) {
  for (const auto& alias : kOldNames)
    if (ascii::equal_nocase(alias.name, name)) return alias.language;
  return is_tag(name) ? known_language(name) : std::nullopt;
}

bool is_auto(std::string_view setting) {
  return ascii::starts_with_nocase(setting, kAuto) && (setting.size() == kAuto.size() || setting[kAuto.size()] == ':');
}

}  // namespace

std::optional<std::string_view> known_language(std::string_view tag) {
  if (const auto whole = find(tag)) return whole;
  const auto primary = tag.substr(0, tag.find('-'));
  return find(ascii::equal_nocase(primary, "pt") ? "pt-br" : primary);
}

bool is_language_setting(std::string_view setting) {
  if (!is_auto(setting)) return from_setting(setting).has_value();
  return setting.size() == kAuto.size() || from_setting(setting.substr(kAuto.size() + 1)).has_value();
}

std::string_view default_language(std::string_view setting) {
  if (is_auto(setting)) setting.remove_prefix(std::min(setting.size(), kAuto.size() + 1));
  return from_setting(setting).value_or(kEnglish);
}

std::string_view reader_language(std::string_view setting, std::string_view head) {
  if (is_auto(setting)) {
    for (const std::string_view name : {"Content-Language", "Accept-Language"})
      if (const auto language = language_of(head, name)) return *language;
  }
  return default_language(setting);
}

std::string_view language_template(std::string_view language) {
  std::string_view english;
  for (const auto& one : built_in_templates()) {
    if (one.language == language) return one.text;
    if (one.language == kEnglish) english = one.text;
  }
  return english;
}

}  // namespace p3scan::mime
