// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/parameter.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "mime/charset.h"
#include "mime/rfc2047.h"
#include "mime/sections.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kSegmentsPerParameter =
    4;  // pieces between semicolons that are looked at, for each allowed reading

constexpr std::size_t kWithoutSemicolon = 8;  // parameters between two of them

enum class Comments : bool { stay, go };

/// Offset behind the quoted string that begins at `at`; nothing if it does not end.
std::optional<std::size_t> quoted_end(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return std::nullopt;
}

/// Offset behind the comment that begins at `at`; comments nest. Nothing if it does not end.
std::optional<std::size_t> comment_end(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (auto i = at; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i + 1;
    if (text[i] == '\\') ++i;
  }
  return std::nullopt;
}

/// `text` with comments outside of quotes taken out; behind a quote or comment that does not end nothing is.
std::string without_comments(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto plain = text.substr(0, text.find_first_of("\"("));
    out += plain;
    text.remove_prefix(plain.size());
    if (text.empty()) break;
    const bool quote = text.front() == '"';
    const auto end = quote ? quoted_end(text, 0) : comment_end(text, 0);
    if (quote || !end) out += text.substr(0, end.value_or(text.size()));
    text.remove_prefix(end.value_or(text.size()));
  }
  return out;
}

/// Quotes and, if wanted, the backslashes in front of what they protect, taken out.
std::string unquoted(std::string_view text, bool escapes) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' || text[i] == '\r' || text[i] == '\n') continue;
    if (escapes && text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

class Reader {
 public:
  Reader(std::string_view value, std::size_t max) : text_(value), max_(max) {}

  Parameters run() {
    read(Comments::go);
    if (text_.contains('(')) read(Comments::stay);
    for (auto& whole : sections_.joined()) add(std::move(whole));
    return std::move(out_);
  }

 private:
  void read(Comments comments);
  void read_value(std::string_view segment, Comments comments);
  void read_segment(std::size_t at, std::size_t end, Comments comments);
  std::size_t read_parameter(const std::string& name, std::size_t at, std::size_t end, Comments comments);
  std::size_t segment_end(std::size_t at);
  std::size_t behind_blanks(std::size_t at, std::size_t end) const;
  void add(Parameter reading);
  void add_reading(const std::string& name, std::string value, std::size_t at, std::size_t length);

  std::string_view text_;
  std::size_t max_;
  std::size_t segments_ = 0;
  // Of the pass at work: false once a quote or comment was met that does not end. It protects nothing, nor does any
  // behind it: so nothing is searched through twice.
  bool quotes_ = true;
  bool parentheses_ = false;
  Parameters out_;
  Sections sections_;
};

void Reader::add(Parameter reading) {
  const auto same = [&](const auto& p) { return p.name == reading.name && p.value == reading.value; };
  if (std::ranges::any_of(out_.all, same)) return;
  if (out_.all.size() == max_) {
    out_.over_limit = true;
  } else {
    out_.all.push_back(std::move(reading));
  }
}

/// A reading of "name=value"; the name tells whether RFC 2231 has a say in it.
void Reader::add_reading(const std::string& name, std::string value, std::size_t at, std::size_t length) {
  if (!name.contains('*')) {
    add({.name = name, .value = std::move(value), .charset = {}, .offset = at, .length = length});
  } else if (!sections_.add(name, std::move(value), max_)) {
    out_.over_limit = true;
  }
}

/// Offset of the semicolon that ends what begins at `at`.
std::size_t Reader::segment_end(std::size_t at) {
  while (at < text_.size() && text_[at] != ';') {
    auto end = at + 1;
    if (text_[at] == '"' && quotes_) {
      const auto closed = quoted_end(text_, at);
      quotes_ = closed.has_value();
      end = closed.value_or(end);
    } else if (text_[at] == '(' && parentheses_) {
      const auto closed = comment_end(text_, at);
      parentheses_ = closed.has_value();
      end = closed.value_or(end);
    }
    at = end;
  }
  return std::min(at, text_.size());
}

std::size_t Reader::behind_blanks(std::size_t at, std::size_t end) const {
  while (at < end) {
    if (ascii::is_space(text_[at])) {
      ++at;
    } else if (text_[at] == '(' && parentheses_) {
      at = std::min(comment_end(text_, at).value_or(end), end);
    } else {
      break;
    }
  }
  return at;
}

/// The readings of a value that begins at `at`. Returns the offset behind its first, strictest reading.
std::size_t Reader::read_parameter(const std::string& name, std::size_t at, std::size_t end, Comments comments) {
  const auto whole = ascii::trim(text_.substr(at, end - at));
  const auto closed = whole.starts_with('"') ? quoted_end(whole, 0) : std::nullopt;
  auto length = closed.value_or(whole.size());
  if (whole.starts_with('"')) {
    const auto strict = whole.substr(0, length);
    add_reading(name, unquoted(strict, true), at, length);
    if (strict.contains('\\')) add_reading(name, unquoted(strict, false), at, length);
  } else {
    const auto* const stop = comments == Comments::go ? " \t\r\n(" : " \t\r\n";
    length = std::min(whole.find_first_of(stop), whole.size());
    add_reading(name, unquoted(whole.substr(0, length), false), at, length);
  }
  if (length < whole.size()) {
    const auto all = comments == Comments::go ? without_comments(whole) : std::string(whole);
    add_reading(name, unquoted(ascii::trim(all), true), at, whole.size());
  }
  return at + length;
}

/// "name=value", and what may follow without a semicolon.
void Reader::read_segment(std::size_t at, std::size_t end, Comments comments) {
  for (std::size_t pieces = 0; at < end && !out_.over_limit; ++pieces) {
    if (pieces == kWithoutSemicolon) out_.over_limit = true;
    at = behind_blanks(at, end);
    const auto equals = text_.substr(0, end).find('=', at);
    if (equals == std::string_view::npos) return;
    auto name = ascii::lower(ascii::trim(text_.substr(at, equals - at)));
    if (comments == Comments::go && name.contains('(')) name = ascii::trim(without_comments(name));
    if (const auto blank = name.find_last_of(" \t\r\n"); blank != std::string::npos) name.erase(0, blank + 1);
    if (name.empty()) return;
    const auto start = behind_blanks(equals + 1, end);
    at = read_parameter(name, start, end, comments);
  }
}

/// "text/html", "attachment": the first word, joined across blanks around a slash.
void Reader::read_value(std::string_view segment, Comments comments) {
  const auto plain = comments == Comments::go ? without_comments(segment) : std::string(segment);
  std::string_view rest = plain;
  std::string value;
  while (!(rest = ascii::trim(rest)).empty()) {
    const auto word = rest.substr(0, rest.find_first_of(" \t\r\n,"));
    if (!value.empty() && !value.ends_with('/') && !word.starts_with('/')) break;
    value += unquoted(word, false);
    rest.remove_prefix(word.size());
    if (word.empty()) break;
  }
  if (out_.value.empty()) out_.value = ascii::lower(value);
}

void Reader::read(Comments comments) {
  quotes_ = true;
  parentheses_ = comments == Comments::go;
  auto end = segment_end(0);
  const auto first = text_.substr(0, end);
  read_value(first, comments);
  if (first.contains('=')) read_segment(0, end, comments);  // the semicolon behind the value is missing
  while (end < text_.size() && !out_.over_limit) {
    const auto at = end + 1;
    end = segment_end(at);
    if (ascii::trim(text_.substr(at, end - at)).empty()) continue;
    if (++segments_ > max_ * kSegmentsPerParameter) out_.over_limit = true;
    read_segment(at, end, comments);
  }
}

}  // namespace

Parameters read_parameters(std::string_view value, std::size_t max) { return Reader(value, max).run(); }

std::vector<std::string> texts_of(const Parameter& parameter) {
  std::vector<std::string> texts;
  const auto add = [&](std::string text) {
    if (std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
  };
  const std::string_view value = parameter.value;
  if (!parameter.charset.empty()) {
    if (const auto text = to_utf8(parameter.charset, value)) add(display_text(*text));
  } else if (value.contains("=?")) {
    add(decode(value));
  }
  add(display_text(value));
  if (const auto nul = value.find('\0'); nul != std::string_view::npos) add(display_text(value.substr(0, nul)));
  return texts;
}

}  // namespace p3scan::mime
