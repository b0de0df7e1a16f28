// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/write_string.h"

#include <algorithm>

#include "base/ascii.h"

namespace p3scan::imap {
namespace {

constexpr auto kMostEscapes = 4;  // more of them: a literal is shorter

bool fits_quotes(char c) { return c != '\r' && c != '\n' && static_cast<unsigned char>(c) < 0x80; }
bool needs_escape(char c) { return c == '"' || c == '\\'; }

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (needs_escape(c)) out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

std::string literal_head(std::size_t size) { return "{" + std::to_string(size) + "}\r\n"; }

void append_string(std::string& out, std::string_view text) {
  text = text.substr(0, text.find('\0'));
  if (std::ranges::all_of(text, fits_quotes) && std::ranges::count_if(text, needs_escape) <= kMostEscapes) {
    append_quoted(out, text);
  } else {
    out += literal_head(text.size());
    out += text;
  }
}

void append_line(std::string& out, std::string_view text) {
  std::string line(text);
  std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
  append_string(out, line);
}

void append_line(std::string& out, const std::optional<std::string>& text) {
  if (text)
    append_line(out, std::string_view(*text));
  else
    out += "NIL";
}

namespace {

/// On one line, with one blank for many.
std::string unfolded(std::string_view text) {
  std::string line;
  bool blank = true;
  for (const char c : text) {
    if (c == '\r' || c == '\n') continue;
    const bool is_blank = ascii::is_blank(c);
    if (!is_blank || !blank) line += is_blank ? ' ' : c;
    if (c == '\0') line.back() = '\x80';
    blank = is_blank;
  }
  if (blank && !line.empty()) line.pop_back();
  return line;
}

}  // namespace

void append_text(std::string& out, std::string_view text) {
  const auto line = unfolded(text);
  const auto plain = [](char c) { return fits_quotes(c) && !needs_escape(c); };
  if (line.empty() || (line == text && std::ranges::all_of(line, plain))) {
    out.append("\"").append(line).append("\"");
  } else {
    out += literal_head(line.size());
    out += line;
  }
}

}  // namespace p3scan::imap
