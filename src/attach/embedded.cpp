// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "attach/embedded.h"

#include <algorithm>

#include "base/ascii.h"

namespace p3scan::attach {
namespace {

constexpr std::size_t kMaxLine = 4096;

std::string_view without_ending(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::size_t skip_blanks(std::string_view line, std::size_t at) {
  return std::min(line.find_first_not_of(" \t\r\v\f", at), line.size());
}

/// Behind blanks, a file mode (three or more octal digits) and blanks; 0 if that is not what stands there.
std::size_t behind_mode(std::string_view line, std::size_t at) {
  const auto digits = skip_blanks(line, at);
  const auto end = std::min(line.find_first_not_of("01234567", digits), line.size());
  const auto name = skip_blanks(line, end);
  return digits > at && end >= digits + 3 && name > end && name < line.size() ? name : 0;
}

constexpr unsigned sextet(char c) { return (static_cast<unsigned char>(c) - 0x20U) & 0x3FU; }

/// Encoders differ in what they leave off at the end of a line, and mailers cut blanks.
bool is_uu_line(std::string_view line) {
  if (line.empty() || !std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '`'; })) return false;
  const std::size_t octets = sextet(line.front());
  return line.size() <= 1 + (((octets + 2) / 3) * 4) + 2;
}

bool is_base64_line(std::string_view line) {
  return !line.empty() && std::ranges::all_of(line, [](char c) {
    return ascii::is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' || c == '/' || c == '=';
  });
}

int base64_value(char c) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto at = letters.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::string base64_decoded_line(std::string_view line) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : line) {
    const int value = base64_value(c);
    if (value < 0) break;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
  }
  return out;
}

/// http://www.yenc.org/yenc-draft.1.3.txt
std::string yenc_decoded_line(std::string_view line) {
  std::string out;
  bool escaped = false;
  for (const char c : line) {
    if (c == '=' && !escaped) {
      escaped = true;
      continue;
    }
    out += static_cast<char>(static_cast<unsigned char>(c) - (escaped ? 106U : 42U));
    escaped = false;
  }
  return out;
}

}  // namespace

std::string uudecoded_line(std::string_view line) {
  if (line.empty()) return {};
  const std::size_t octets = sextet(line.front());
  std::string out;
  for (std::size_t at = 1; out.size() < octets; at += 4) {
    unsigned bits = 0;
    for (std::size_t i = at; i < at + 4; ++i) bits = (bits << 6U) | (i < line.size() ? sextet(line[i]) : 0U);
    out += static_cast<char>(bits >> 16U);
    out += static_cast<char>((bits >> 8U) & 0xFFU);
    out += static_cast<char>(bits & 0xFFU);
  }
  out.resize(octets);
  return out;
}

EmbeddedFiles::Form EmbeddedFiles::form_of(std::string_view line, std::size_t& name_at) {
  constexpr std::string_view base64 = "begin-base64";
  constexpr std::string_view uu = "begin";
  constexpr std::string_view yenc = "=ybegin ";
  if (ascii::starts_with_nocase(line, yenc)) {
    constexpr std::string_view name = " name=";
    const auto at = line.find(name);
    name_at = at == std::string_view::npos ? 0 : skip_blanks(line, at + name.size());
    return name_at != 0 && name_at < line.size() ? Form::yenc : Form::none;
  }
  if (ascii::starts_with_nocase(line, base64)) {
    name_at = behind_mode(line, std::min(line.find_first_of(" \t"), line.size()));
    return name_at != 0 ? Form::base64 : Form::none;
  }
  if (!ascii::starts_with_nocase(line, uu)) return Form::none;
  name_at = behind_mode(line, uu.size());
  return name_at != 0 ? Form::uu : Form::none;
}

void EmbeddedFiles::begin_file(std::string_view line) {
  std::size_t name_at = 0;
  const auto text = without_ending(line);
  form_ = form_of(text, name_at);
  announced_ = false;
  ended_ = false;
  if (form_ == Form::none) return;
  file_ = {.offset = line_offset_,
           .length = line.size(),
           .name_offset = line_offset_ + name_at,
           .name = std::string(ascii::trim(text.substr(name_at))),
           .start = {}};
}

bool EmbeddedFiles::is_content(std::string_view line) const {
  switch (form_) {
    case Form::none: return false;
    case Form::uu: return is_uu_line(line) || ascii::equal_nocase(ascii::trim(line), "end");
    case Form::base64: return is_base64_line(line);
    case Form::yenc: return true;  // any octets; only its end line ends it
  }
  return false;
}

bool EmbeddedFiles::is_end(std::string_view line) const {
  const auto word = ascii::trim(line);
  switch (form_) {
    case Form::none: return true;
    case Form::uu: return ascii::equal_nocase(word, "end");
    case Form::base64: return word == "====";
    case Form::yenc: return ascii::starts_with_nocase(word, "=yend");
  }
  return true;
}

/// The octets that a line of the file stands for.
std::string EmbeddedFiles::decoded(std::string_view line) const {
  switch (form_) {
    case Form::none: return {};
    case Form::uu: return uudecoded_line(line);
    case Form::base64: return base64_decoded_line(line);
    case Form::yenc: return line.starts_with("=ypart") ? std::string() : yenc_decoded_line(line);
  }
  return {};
}

void EmbeddedFiles::take_line(std::string_view line) {
  const auto text = without_ending(line);
  std::size_t ignored = 0;
  long_content_ = !ended_ && is_content(text) && form_of(text, ignored) == Form::none;
  if (!long_content_) {
    end_file();
    begin_file(line);
    return;
  }
  ended_ = is_end(text);
  if (!announced_) {
    if (!ended_) file_.start = decoded(text);
    handler_.on_file(file_);
    announced_ = true;
  }
  handler_.on_line(line_offset_, line);
}

void EmbeddedFiles::feed(std::string_view text) {
  while (!text.empty()) {
    const auto newline = text.find('\n');
    const bool ends = newline != std::string_view::npos;
    const auto wanted = ends ? newline + 1 : text.size();
    if (long_line_) {
      const auto rest = text.substr(0, wanted);
      if (long_content_) handler_.on_line(line_offset_, rest);
      line_offset_ += rest.size();
      long_line_ = !ends;
      text.remove_prefix(rest.size());
      continue;
    }
    const auto part = text.substr(0, std::min(wanted, kMaxLine - line_.size()));
    line_ += part;
    text.remove_prefix(part.size());
    const bool complete = line_.ends_with('\n');
    if (!complete && line_.size() < kMaxLine) continue;
    const auto size = line_.size();
    take_line(line_);
    line_.clear();
    line_offset_ += size;
    long_line_ = !complete;
  }
}

void EmbeddedFiles::finish() {
  if (!line_.empty()) take_line(line_);
  line_offset_ += line_.size();
  line_.clear();
  end_file();
}

void EmbeddedFiles::end_file() {
  if (form_ == Form::none) return;
  if (!announced_) handler_.on_file(file_);
  handler_.on_end(line_offset_);
  form_ = Form::none;
}

std::uint64_t EmbeddedFiles::settled() const {
  return form_ != Form::none && !announced_ ? file_.offset : line_offset_;
}

}  // namespace p3scan::attach
