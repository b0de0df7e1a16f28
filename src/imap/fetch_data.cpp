// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/fetch_data.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace p3scan::imap {

using std::string_view_literals::operator""sv;

bool FetchScanner::line(std::string_view text, std::size_t from, std::size_t to) {
  for (auto at = from; at < to; ++at)
    if (!octet(text[at], at)) return false;
  return !string_;
}

bool FetchScanner::octet(char c, std::size_t at) {
  if (string_) {
    const bool in_value = phase_ == Phase::quoted;
    if (!in_string(c) && in_value) end_value(at + 1);
    return true;
  }
  switch (phase_) {
    case Phase::open: phase_ = Phase::gap; return c == '(';
    case Phase::gap: return gap(c, at);
    case Phase::name: return in_name(c, at);
    case Phase::before_value: return before_value(c, at);
    case Phase::atom:
      if (c != ' ' && c != ')') return c != '(' && c != '"' && c != '{';
      end_value(at);
      return gap(c, at);
    case Phase::nested: return nested(c, at);
    case Phase::quoted: return false;
    case Phase::done: return c == ' ';
  }
  return false;
}

/// Inside of a quoted string; false if it ended.
bool FetchScanner::in_string(char c) {
  if (escaped_) {
    escaped_ = false;
  } else if (c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    string_ = false;
  }
  return string_;
}

bool FetchScanner::gap(char c, std::size_t at) {
  if (c == ' ') return true;
  if (c == ')') {
    phase_ = Phase::done;
    return true;
  }
  if (c == '(' || c == '"' || c == '[') return false;
  data_.push_back({.name = at});
  phase_ = Phase::name;
  return true;
}

bool FetchScanner::in_name(char c, std::size_t at) {
  if (brackets_) {
    brackets_ = c != ']';
    string_ = c == '"';
    return true;
  }
  if (c == ' ') {
    data_.back().name_length = at - data_.back().name;
    phase_ = Phase::before_value;
    return true;
  }
  brackets_ = c == '[';
  return c != '(' && c != ')' && c != '"';
}

bool FetchScanner::before_value(char c, std::size_t at) {
  if (c == ' ') return true;
  data_.back().value = at;
  if (c == '(') {
    phase_ = Phase::nested;
    depth_ = 1;
  } else if (c == '"') {
    phase_ = Phase::quoted;
    string_ = true;
  } else {
    phase_ = Phase::atom;
  }
  return c != ')' && c != '{';
}

bool FetchScanner::nested(char c, std::size_t at) {
  string_ = c == '"';
  if (c == '(') ++depth_;
  if (c == ')') --depth_;
  if (depth_ == 0) end_value(at + 1);
  return depth_ <= kDeepest;
}

void FetchScanner::end_value(std::size_t at) {
  data_.back().value_length = at - data_.back().value;
  phase_ = Phase::gap;
}

bool FetchScanner::literal() const {
  return phase_ == Phase::before_value || phase_ == Phase::nested || (phase_ == Phase::name && brackets_);
}

std::string_view FetchScanner::literal_name(std::string_view text) const {
  if (phase_ != Phase::before_value) return {};
  return text.substr(data_.back().name, data_.back().name_length);
}

std::string_view FetchScanner::pair_name(std::string_view text) const {
  if (data_.empty() || phase_ == Phase::name) return {};
  return text.substr(data_.back().name, data_.back().name_length);
}

void FetchScanner::literal_done(std::size_t from, std::size_t to, bool streamed) {
  if (phase_ != Phase::before_value) return;
  data_.back().value = from;
  data_.back().streamed = streamed;
  end_value(to);
}

bool names_header(std::string_view name) {
  if (ascii::equal_nocase(name, "RFC822.HEADER")) return true;
  if (!ascii::starts_with_nocase(name, "BODY[HEADER")) return false;
  const auto rest = name.substr(std::string_view("BODY[HEADER").size());
  return rest.starts_with(']') || ascii::starts_with_nocase(rest, ".FIELDS");
}

bool names_content(std::string_view name) {
  if (names_header(name)) return false;
  for (const std::string_view begin : {"BODY[", "BINARY["})
    if (ascii::starts_with_nocase(name, begin)) return true;
  return ascii::equal_nocase(name, "RFC822") || ascii::equal_nocase(name, "RFC822.TEXT");
}

bool may_be_long(std::string_view name) {
  constexpr std::array long_ones = {"ENVELOPE"sv, "BODY"sv, "BODYSTRUCTURE"sv, "FLAGS"sv, "X-GM-LABELS"sv};
  const auto is = [name](std::string_view known) { return ascii::equal_nocase(name, known); };
  return names_content(name) || names_header(name) || std::ranges::any_of(long_ones, is);
}

std::optional<std::string> string_value(std::string_view value) {
  if (value.empty() || value.starts_with('(') || ascii::equal_nocase(value, "NIL")) return std::nullopt;
  if (value.starts_with('{') || value.starts_with("~{")) {
    const auto end = value.find('\n');
    return end == std::string_view::npos ? std::nullopt : std::optional(std::string(value.substr(end + 1)));
  }
  if (!value.starts_with('"')) return std::string(value);
  std::string out;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] == '\\' && i + 2 < value.size()) ++i;
    out += value[i];
  }
  return out;
}

}  // namespace p3scan::imap
