// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/header.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace p3scan::mime {
namespace {

std::string_view without_ending(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string_view Fields::line() {
  const auto lf = head_.find('\n', at_);
  return head_.substr(at_, lf == std::string_view::npos ? lf : lf + 1 - at_);
}

std::optional<Field> Fields::next() {
  while (at_ < head_.size()) {
    const auto first = line();
    if (without_ending(first).empty()) break;
    const auto start = at_;
    at_ += first.size();
    const auto colon = first.find(':');
    if (colon == std::string_view::npos || ascii::is_blank(first.front())) continue;
    const auto name = ascii::trim(first.substr(0, colon));
    if (name.empty()) continue;
    while (at_ < head_.size() && ascii::is_blank(head_[at_])) at_ += line().size();
    const auto value = head_.substr(start + colon + 1, at_ - start - colon - 1);
    return Field{.name = name, .value = without_ending(value), .offset = start, .length = at_ - start};
  }
  at_ = head_.size();
  return std::nullopt;
}

std::optional<Field> find_field(std::string_view head, std::string_view name) {
  Fields fields(head);
  while (auto field = fields.next())
    if (ascii::equal_nocase(field->name, name)) return field;
  return std::nullopt;
}

std::size_t count_fields(std::string_view head, std::string_view name) {
  std::size_t count = 0;
  Fields fields(head);
  while (const auto field = fields.next()) count += ascii::equal_nocase(field->name, name) ? 1 : 0;
  return count;
}

std::string unfold(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool crlf = value.substr(i).starts_with("\r\n");
    const bool lf = value[i] == '\n';
    const auto after = i + (crlf ? 2 : 1);
    if ((crlf || lf) && after < value.size() && ascii::is_blank(value[after])) {
      i = after - 1;
    } else {
      out += value[i] == '\r' || lf ? ' ' : value[i];
    }
  }
  return std::string(ascii::trim(out));
}

}  // namespace p3scan::mime
