// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "html/address.h"

#include <algorithm>
#include <string_view>

#include "base/ascii.h"

namespace p3scan::html {
namespace {

using namespace std::string_view_literals;

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_skipped(char c) { return (c >= '\0' && c <= ' ') || c == '\x7f'; }

/// "data:," is what stands in front of an address in CSS that was made harmless.
constexpr std::string_view kLocal[] = {"cid:", "mid:", "#", "data:,"};
constexpr auto kPicture = "data:image/"sv;
constexpr std::string_view kPictures[] = {"png",  "gif",    "jpeg",     "jpg",  "pjpeg", "webp", "bmp",
                                          "avif", "x-icon", "x-ms-bmp", "tiff", "apng",  "heic", "vnd.microsoft.icon"};

constexpr std::string_view kPrograms[] = {
    "javascript",  "vbscript",  "vbs",          "livescript", "mocha",      "jscript",     "data",    "jar",
    "view-source", "feed",      "file",         "blob",       "filesystem", "about",       "wyciwyg", "mhtml",
    "ms-its",      "mk",        "its",          "shell",      "hcp",        "res",         "ms-msdt", "search-ms",
    "search",      "ms-search", "ms-officecmd", "chrome",     "resource",   "vnd.ms.radio"};

Match match_picture(std::string_view seen) {
  const auto rest = seen.substr(kPicture.size());
  for (const auto type : kPictures) {
    if (type.starts_with(rest)) return Match::open;
    if (rest.size() == type.size() + 1 && rest.starts_with(type) && (rest.back() == ';' || rest.back() == ',')) {
      return Match::allowed;
    }
  }
  return Match::refused;
}

constexpr std::size_t kLongestScheme = 32;
constexpr std::string_view kPlain[] = {
    "utf-8", "utf8",  "us-ascii", "ascii", "ansi", "iso-8859", "iso8859", "iso_8859", "latin",   "windows-",
    "cp125", "koi8",  "gb",       "big5",  "euc",  "shift",    "sjis",    "x-sjis",   "ks_c",    "ksc",
    "mac",   "x-mac", "tis-620",  "ibm8",  "cp8",  "x-euc",    "x-user",  "x-gbk",    "windows_"};
constexpr auto kWord = "charset"sv;
constexpr std::size_t kLongestCharset = 24;

}  // namespace

Match LocalAddress::feed(char c) {
  if (seen_.empty() && is_skipped(c)) return Match::open;
  seen_ += lower(c);
  if (seen_.starts_with(kPicture)) return match_picture(seen_);
  if (kPicture.starts_with(seen_)) return Match::open;
  for (const auto local : kLocal) {
    if (seen_ == local) return Match::allowed;
    if (local.starts_with(seen_)) return Match::open;
  }
  return Match::refused;
}

Match LocalAddress::finish() const { return seen_.empty() ? Match::allowed : Match::refused; }

void LinkAddress::reset() {
  scheme_.clear();
  match_ = Match::open;
}

/// Blanks and controls never count: some readers skip more of them than the URL standard does.
void LinkAddress::take(const Char& c) {
  if (match_ != Match::open || is_skipped(c.value)) return;
  const char value = lower(c.value);
  const bool in_scheme = (value >= 'a' && value <= 'z') || ascii::is_digit(value) || "+-."sv.contains(value);
  if (in_scheme && scheme_.size() < kLongestScheme) {
    scheme_ += value;
  } else if (value == ':') {
    match_ = std::ranges::find(kPrograms, scheme_) != std::end(kPrograms) ? Match::refused : Match::allowed;
  } else {
    match_ = Match::allowed;
  }
}

bool is_plain_charset(std::string_view name) {
  const auto starts = [&](std::string_view plain) { return ascii::starts_with_nocase(name, plain); };
  return std::ranges::any_of(kPlain, starts);
}

void MetaCharset::reset() {
  state_ = State::word;
  matched_ = 0;
  name_.clear();
}

void MetaCharset::take(const Char& c) {
  const char value = lower(c.value);
  switch (state_) {
    case State::word: return in_word(value);
    case State::equals:
      if (is_skipped(value)) return;
      state_ = value == '=' ? State::name : State::word;
      return;
    case State::name: return in_name(value);
    case State::done: return;
  }
}

void MetaCharset::in_word(char c) {
  if (c == kWord[matched_]) {
    ++matched_;
  } else {
    matched_ = c == kWord[0] ? 1 : 0;
  }
  if (matched_ < kWord.size()) return;
  state_ = State::equals;
  matched_ = 0;
}

void MetaCharset::in_name(char c) {
  const bool parts = is_skipped(c) || c == '"' || c == '\'';
  if (name_.empty() && parts) return;
  if (parts || c == ';' || name_.size() >= kLongestCharset) {
    state_ = State::done;
  } else {
    name_ += c;
  }
}

}  // namespace p3scan::html
