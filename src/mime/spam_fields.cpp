// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/spam_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kMaxSymbols = 100;
constexpr std::size_t kMaxSymbol = 60;
constexpr std::size_t kLine = 76;
constexpr double kMaxLevel = 50;
constexpr double kMaxScore = 1e6;

/// A field and how it begins when it means spam.
struct Saying {
  std::string_view name;
  std::string_view word;
};
constexpr auto kSayings = std::to_array<Saying>({{"X-Spam-Flag", "YES"},
                                                 {"X-Spam-Flag", "True"},
                                                 {"X-Spam-Status", "Yes"},
                                                 {"X-Spam", "Yes"},
                                                 {"X-Spam", "True"},
                                                 {"X-DSPAM-Result", "Spam"},
                                                 {"X-DSPAM-Result", "Blacklisted"},
                                                 {"X-Bogosity", "Spam"},
                                                 {"X-Bogosity", "Yes"}});

bool is_letter_or_digit(char c) { return ascii::is_digit(c) || (ascii::upper(c) >= 'A' && ascii::upper(c) <= 'Z'); }

bool begins_with_word(std::string_view value, std::string_view word) {
  return ascii::starts_with_nocase(value, word) &&
         (value.size() == word.size() || !is_letter_or_digit(value[word.size()]));
}

double bounded(double score) { return std::isnan(score) ? 0 : std::clamp(score, -kMaxScore, kMaxScore); }

std::string clean_symbol(std::string_view symbol) {
  std::string out;
  for (const char c : symbol.substr(0, kMaxSymbol))
    if (is_letter_or_digit(c) || c == '_' || c == '-' || c == '.') out += c;
  return out;
}

}  // namespace

bool is_spam_field(std::string_view name) {
  return ascii::equal_nocase(name, "X-Spam") || ascii::starts_with_nocase(name, "X-Spam-") ||
         ascii::starts_with_nocase(name, "X-Spamd-") || ascii::starts_with_nocase(name, "X-DSPAM-") ||
         ascii::equal_nocase(name, "X-Bogosity");
}

bool says_spam(std::string_view name, std::string_view value) {
  return std::ranges::any_of(kSayings, [&](const Saying& saying) {
    return ascii::equal_nocase(name, saying.name) && begins_with_word(ascii::trim(value), saying.word);
  });
}

std::string spam_fields(const SpamMark& mark) {
  const double score = bounded(mark.score);
  std::string out = mark.spam ? "X-Spam-Flag: YES\r\n" : "";
  out += fmt::format("X-Spam-Score: {:.1f}\r\n", score);
  const auto level = static_cast<std::size_t>(std::clamp(score, 0.0, kMaxLevel));
  if (level > 0) out += fmt::format("X-Spam-Level: {}\r\n", std::string(level, '*'));
  std::string line = fmt::format("X-Spam-Status: {}, score={:.1f} required={:.1f} tests=", mark.spam ? "Yes" : "No",
                                 score, bounded(mark.required));
  std::size_t count = 0;
  for (const auto& symbol : mark.symbols.first(std::min(mark.symbols.size(), kMaxSymbols))) {
    const auto clean = clean_symbol(symbol);
    if (clean.empty()) continue;
    if (count++ > 0) line += ',';
    if (line.size() + clean.size() > kLine) {
      out.append(line).append("\r\n");
      line = "\t";
    }
    line += clean;
  }
  if (count == 0) line += "none";
  return out.append(line).append("\r\n");
}

}  // namespace p3scan::mime
