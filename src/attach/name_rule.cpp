// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "attach/name_rule.h"

#include <algorithm>

#include "attach/defaults.h"
#include "attach/look_alikes.h"
#include "base/ascii.h"

namespace p3scan::attach {
namespace {

constexpr std::size_t kMaxName = 2048;            // octets that are read
constexpr std::size_t kCutName = 180;             // octets from where on programs may cut a name
constexpr std::size_t kHidingBlanks = 4;          // behind an extension: what follows is out of sight
constexpr std::size_t kMaxHarmless = 120;         // octets
constexpr char kOther = '\x01';                   // stands for a character that is like no ASCII one
constexpr std::string_view kDropped = "\"<>|?*";  // not possible in names on Windows: programs leave them out

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct Folded {
  std::string text;  // ASCII, lower case
  bool overrides = false;
};

Folded fold(std::string_view name) {
  Folded out;
  while (!name.empty()) {
    const auto code = take_character(name);
    out.overrides = out.overrides || is_direction_override(code);
    if (is_invisible(code)) continue;
    if (code < 0x80) {
      // The other controls are left out as kOther must not come from outside; NUL has its own meaning.
      const auto c = static_cast<char>(code);
      if (!ascii::is_control(c) || ascii::is_space(c) || c == '\0') out.text += lower(c);
      continue;
    }
    const auto seen = ascii_of(code);
    out.text += seen.empty() ? std::string_view(&kOther, 1) : seen;
  }
  return out;
}

int hex(char c) {
  if (ascii::is_digit(c)) return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex(text[i + 1]) : -1;
    const int low = high >= 0 ? hex(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>((high * 16) + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Windows: "name::$DATA" and "name:stream:$DATA" are the file `name` or belong to it.
std::string_view without_stream(std::string_view file) {
  const auto colon = file.find(':');
  if (colon == std::string_view::npos || colon == 0) return file;
  const auto behind = file.substr(colon + 1);
  const bool stream = behind.empty() || behind.front() == ':' || behind.find('$') != std::string_view::npos;
  return stream ? file.substr(0, colon) : file;
}

constexpr bool is_trailing(char c) {
  return ascii::is_space(c) || c == '.' || c == '\'' || c == '`' || c == ';' || c == ',' || c == ':' || c == '\0';
}

std::string_view without_trailing(std::string_view file) {
  while (!file.empty() && is_trailing(file.back())) file.remove_suffix(1);
  return file;
}

/// What a program that cuts off directories takes for the name.
std::string_view last_component(std::string_view path) {
  while (!path.empty() && (path.back() == '/' || path.back() == '\\' || is_trailing(path.back())))
    path.remove_suffix(1);
  const auto slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// ".{00000000-...}": the shell opens such a file with the class of that number.
bool is_class_id(std::string_view extension) {
  constexpr std::size_t length = 38;
  return extension.size() == length && extension.front() == '{' && extension.back() == '}' &&
         std::ranges::all_of(extension.substr(1, length - 2), [](char c) { return c == '-' || hex(c) >= 0; });
}

/// What stands in front of so many blanks that they hide what follows, with or without a dot; else nothing.
std::string_view word_before_blanks(std::string_view text) {
  const auto word = text.substr(0, text.find_first_of(" \t\r\n\v\f"));
  std::size_t end = word.size();
  while (end < text.size() && ascii::is_space(text[end])) ++end;
  return end - word.size() >= kHidingBlanks ? word : std::string_view();
}

}  // namespace

NameRule::NameRule(std::span<const std::string> extensions) {
  const auto add = [this](std::string_view extension) {
    extension = ascii::trim(extension);
    while (extension.starts_with('*') || extension.starts_with('.')) extension.remove_prefix(1);
    if (extension.empty()) return;
    auto folded = fold(extension).text;
    has_compound_ = has_compound_ || folded.find('.') != std::string::npos;
    bad_.insert(std::move(folded));
  };
  if (extensions.empty()) std::ranges::for_each(kBadExtensions, add);
  std::ranges::for_each(extensions, add);
}

std::optional<std::string> NameRule::match_file(std::string_view file) const {
  file = without_trailing(file);
  std::size_t begin = file.find('.');
  while (begin != std::string_view::npos) {
    if (has_compound_ && bad_.contains(file.substr(begin + 1))) return std::string(file.substr(begin + 1));
    const auto end = std::min(file.find('.', begin + 1), file.size());
    const auto extension = file.substr(begin + 1, end - begin - 1);
    const auto trimmed = ascii::trim(extension);
    const bool counts = end == file.size() || end >= kCutName;
    if (counts && is_class_id(trimmed)) return "{class id}";
    if (counts && bad_.contains(trimmed)) return std::string(trimmed);
    const auto word = word_before_blanks(extension);
    if (bad_.contains(word)) return std::string(word);
    begin = end == file.size() ? std::string_view::npos : end;
  }
  return std::nullopt;
}

std::optional<std::string> NameRule::match_folded(std::string_view text) const {
  std::string kept;
  for (const char c : text) {
    if (kDropped.find(c) == std::string_view::npos && c != '\0') kept += c;
  }
  if (auto bad = match_file(last_component(kept))) return bad;
  if (auto bad = match_file(without_stream(last_component(kept)))) return bad;
  const auto nul = text.find('\0');
  return nul == std::string_view::npos ? std::nullopt : match_folded(text.substr(0, nul));
}

std::optional<std::string> NameRule::match(std::string_view name) const {
  if (name.size() > kMaxName) name.remove_prefix(name.size() - kMaxName);
  std::string reading(name);
  for (int decoded = 0; decoded < 3; ++decoded) {
    const auto folded = fold(reading);
    if (folded.overrides) return "direction override";
    if (auto bad = match_folded(folded.text)) return bad;
    if (folded.text.find('%') == std::string::npos) break;
    reading = percent_decoded(decoded == 0 ? std::string_view(reading) : std::string_view(folded.text));
  }
  return std::nullopt;
}

namespace {

/// Adds a character that stands as `octets` to a name that shall mean nothing to any system.
void add_harmless(std::string& out, char32_t code, std::string_view octets) {
  constexpr std::string_view meaningful = "\"<>|?*:/\\%`'&;,";
  if (is_invisible(code) || (code < 0x80 && ascii::is_control(static_cast<char>(code)))) return;
  const auto seen = code < 0x80 ? octets : ascii_of(code);
  if (seen == " ") {
    if (!out.empty() && !out.ends_with(' ')) out += ' ';
    return;
  }
  const bool is_text = code < 0x80 || octets.size() > 1;
  const bool means = !seen.empty() && meaningful.find(seen.front()) != std::string_view::npos;
  out += is_text && !means ? octets : "_";
}

std::string_view last_octets(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  text.remove_prefix(text.size() - most);
  while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0U) == 0x80) text.remove_prefix(1);
  return text;
}

}  // namespace

std::string harmless_name(std::string_view name) {
  auto file = name.substr(name.size() - std::min(name.size(), kMaxName));
  while (!file.empty() && (file.back() == '/' || file.back() == '\\')) file.remove_suffix(1);
  if (const auto slash = file.find_last_of("/\\"); slash != std::string_view::npos) file.remove_prefix(slash + 1);
  std::string out;
  while (!file.empty()) {
    const auto before = file;
    const auto code = take_character(file);
    add_harmless(out, code, before.substr(0, before.size() - file.size()));
  }
  auto kept = last_octets(without_trailing(out), kMaxHarmless);
  kept.remove_prefix(std::min(kept.find_first_not_of(". -"), kept.size()));
  return (kept.empty() ? "attachment" : std::string(kept)) + ".bad";
}

}  // namespace p3scan::attach
