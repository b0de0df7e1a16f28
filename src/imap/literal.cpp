// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/literal.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/ascii.h"

namespace p3scan::imap {
namespace {

constexpr auto kNone = std::string_view::npos;
constexpr Tail kFlaw{.kind = Tail::Kind::flaw};

/// What a reader who knows quoted strings finds in a line.
struct Walk {
  std::size_t first_brace = kNone;  // outside of quotes
  std::size_t last_brace = kNone;
  bool open = false;  // a quoted string does not end
  bool odd = false;   // a quote in the middle of a word: some readers begin a string there
};

bool begins_word(std::string_view line, std::size_t at) {
  return at == 0 || line[at - 1] == ' ' || line[at - 1] == '(';
}

Walk walk(std::string_view line) {
  Walk result;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (result.open) {
      if (c == '\\') ++i;
      if (c == '"') result.open = false;
    } else if (c == '"') {
      result.odd = result.odd || !begins_word(line, i);
      result.open = true;
    } else if (c == '{') {
      if (result.first_brace == kNone) result.first_brace = i;
      result.last_brace = i;
    }
  }
  return result;
}

/// Reads "{5}" or "{5+}", with or without a tilde in front, at the end of a line.
std::optional<Tail> literal_at(std::string_view line, std::size_t brace) {
  if (!line.ends_with('}')) return std::nullopt;
  auto digits = line.substr(brace + 1, line.size() - brace - 2);
  Tail tail{.kind = Tail::Kind::literal};
  if (digits.ends_with('+')) {
    tail.sync = false;
    digits.remove_suffix(1);
  }
  const auto size = ascii::number<std::uint64_t>(digits);
  if (!size || *size > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  tail.size = *size;
  tail.literal8 = brace > 0 && line[brace - 1] == '~';
  const auto start = brace - (tail.literal8 ? 1 : 0);
  tail.length = line.size() - start;
  if (!begins_word(line, start)) return std::nullopt;
  return tail;
}

}  // namespace

Tail command_tail(std::string_view line) {
  const auto seen = walk(line);
  if (seen.open) return kFlaw;
  if (seen.first_brace == kNone) return {};
  if (seen.odd || seen.first_brace != seen.last_brace) return kFlaw;
  return literal_at(line, seen.last_brace).value_or(kFlaw);
}

Tail response_tail(std::string_view line) {
  const auto brace = line.ends_with('}') ? line.rfind('{') : kNone;
  if (brace == kNone) return {};
  const auto inside = line.substr(brace + 1, line.size() - brace - 2);
  if (inside.empty() || inside.find_first_not_of("0123456789+") != kNone) return {};
  const auto seen = walk(line);
  if (seen.open || seen.odd || seen.last_brace != brace) return kFlaw;
  const auto tail = literal_at(line, brace);
  return tail && tail->sync ? *tail : kFlaw;
}

}  // namespace p3scan::imap
