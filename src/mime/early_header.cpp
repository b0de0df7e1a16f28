// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/early_header.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ascii.h"
#include "mime/spam_fields.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kMaxLine = 998;

/// RFC 5322 3.6: at most one of each. Return-Path because programs read it as one.
constexpr std::array<std::string_view, 11> kOnce = {
    "From", "To", "Date", "Cc", "Bcc", "Sender", "Reply-To", "Message-ID", "In-Reply-To", "References", "Return-Path"};

/// The notification has its own, or a filter rewrites them.
constexpr std::array<std::string_view, 3> kHeld = {"Subject", "MIME-", "Content-"};

bool is_held(std::string_view name) {
  return is_spam_field(name) ||
         std::ranges::any_of(kHeld, [&](auto held) { return ascii::starts_with_nocase(name, held); });
}

bool is_text(char c) { return c == '\t' || !ascii::is_control(c); }

/// Octets of the well-formed line at the front, CRLF included; nothing if it is unfinished or malformed.
std::optional<std::size_t> line_length(std::string_view head) {
  const auto text = head.substr(0, kMaxLine + 1);
  const auto stop = static_cast<std::size_t>(std::ranges::find_if_not(text, is_text) - text.begin());
  if (stop > kMaxLine || !head.substr(stop).starts_with("\r\n")) return std::nullopt;
  return stop + 2;
}

/// The name of the field that begins here; empty if it is none.
std::string_view field_name(std::string_view line) {
  const auto name = line.substr(0, line.find(':'));
  const bool ok = name.size() < line.size() && std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f; });
  return ok ? name : std::string_view{};
}

/// Octets of the whole field whose first line has `first` octets; nothing if it is unfinished or malformed.
std::optional<std::size_t> field_length(std::string_view head, std::size_t first, bool complete) {
  auto length = first;
  while (length < head.size() && ascii::is_blank(head[length])) {
    const auto more = line_length(head.substr(length));
    if (!more || ascii::trim(head.substr(length, *more)).empty()) return std::nullopt;
    length += *more;
  }
  if (length == head.size() && !complete) return std::nullopt;
  return length;
}

/// Notes that a field of this name was seen. Returns false if it must not occur again.
bool note(std::string_view name, std::uint32_t& seen) {
  const auto* const at = std::ranges::find_if(kOnce, [&](auto once) { return ascii::equal_nocase(name, once); });
  if (at == kOnce.end()) return true;
  const auto bit = std::uint32_t{1} << (at - kOnce.begin());
  const bool first = (seen & bit) == 0;
  seen |= bit;
  return first;
}

}  // namespace

std::string_view early_header(std::string_view head, bool complete) {
  std::size_t end = 0;
  std::uint32_t seen = 0;
  while (end < head.size()) {
    const auto rest = head.substr(end);
    const auto line = line_length(rest);
    if (!line) break;
    const auto name = field_name(rest.substr(0, *line));
    if (name.empty() || is_held(name) || !note(name, seen)) break;
    const auto length = field_length(rest, *line, complete);
    if (!length) break;
    end += *length;
  }
  return head.substr(0, end);
}

}  // namespace p3scan::mime
