// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/header_lines.h"

#include "base/ascii.h"

namespace p3scan::imap {

std::size_t line_length(std::string_view text) {
  const auto at = text.find('\n');
  return at == std::string_view::npos ? text.size() : at + 1;
}

std::size_t line_end_length(std::string_view line) {
  if (!line.ends_with('\n')) return 0;
  return line.ends_with("\r\n") ? 2 : 1;
}

std::optional<HeaderLine> HeaderLines::next() {
  auto length = line_length(rest_);
  const auto first = rest_.substr(0, length);
  if (first.size() == line_end_length(first)) return std::nullopt;
  while (length < rest_.size() && ascii::is_blank(rest_[length])) length += line_length(rest_.substr(length));
  HeaderLine line{.name = {}, .value = {}, .octets = rest_.substr(0, length)};
  rest_.remove_prefix(length);
  const auto body = line.octets.substr(0, length - line_end_length(line.octets));
  const auto colon = first.find(':');
  if (colon == std::string_view::npos) return line;
  line.name = body.substr(0, colon);
  line.value = body.substr(colon + 1);
  while (!line.name.empty() && ascii::is_blank(line.name.back())) line.name.remove_suffix(1);
  return line;
}

std::string folded_value(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  bool first = true;
  while (!value.empty()) {
    const auto line = value.substr(0, line_length(value));
    value.remove_prefix(line.size());
    auto text = line.substr(0, line.size() - line_end_length(line));
    if (!first) out += '\n';
    const auto start = text.find_first_not_of(" \t");
    if (first && !text.empty()) text.remove_prefix(start == std::string_view::npos ? 1 : start);
    first = false;
    out += text;
  }
  return out;
}

}  // namespace p3scan::imap
