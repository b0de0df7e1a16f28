// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/template_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "mime/header.h"
#include "mime/template.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

constexpr std::string_view kCharset = "charset=";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// A first line "Attention:" makes no header; one of these does.
constexpr std::array<std::string_view, 9> kHeaderNames = {"MIME-", "Content-", "X-",    "Subject", "From",
                                                          "To",    "Date",     "Auto-", "Reply-To"};

std::string_view first_line(std::string_view text) {
  const auto lf = text.find('\n');
  return text.substr(0, lf == std::string_view::npos ? lf : lf + 1);
}

bool is_field(std::string_view line) {
  const auto name = line.substr(0, line.find(':'));
  return !name.empty() && name.size() < line.size() &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f; });
}

bool names_header(std::string_view header) {
  Fields fields(header);
  while (const auto field = fields.next())
    if (std::ranges::any_of(kHeaderNames, [&](auto name) { return ascii::starts_with_nocase(field->name, name); }))
      return true;
  return false;
}

/// Octets of the header lines at the front.
std::size_t header_length(std::string_view text) {
  std::size_t length = 0;
  for (;;) {
    const auto line = first_line(text.substr(length));
    const bool folded = length > 0 && !line.empty() && ascii::is_blank(line.front());
    if (ascii::trim(line).empty() || (!folded && !is_field(line))) break;
    length += line.size();
  }
  return names_header(text.substr(0, length)) ? length : 0;
}

/// Without the lone dot that ends it. A body with one was written for the wire, where a leading dot is doubled.
std::string without_dot(std::string_view body) {
  auto end = body;
  while (end.ends_with("\r\n\r\n")) end.remove_suffix(2);
  if (end != ".\r\n" && !end.ends_with("\r\n.\r\n")) return std::string(body);
  end.remove_suffix(3);
  std::string out;
  while (!end.empty()) {
    const auto line = first_line(end);
    out += line.substr(line.starts_with("..") ? 1 : 0);
    end.remove_prefix(line.size());
  }
  return out;
}

/// The value of the first "charset=" in the text.
std::string_view charset_parameter(std::string_view text) {
  const auto match =
      std::ranges::search(text, kCharset, [](char a, char b) { return ascii::upper(a) == ascii::upper(b); });
  if (match.empty()) return {};
  auto value = text.substr(static_cast<std::size_t>(match.end() - text.begin()));
  if (value.starts_with('"')) value.remove_prefix(1);
  return value.substr(0, value.find_first_of("\"; \t\r\n"));
}

}  // namespace

TemplateText::TemplateText(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text_ = crlf_lines(text);
  header_ = std::string_view(text_).substr(0, header_length(text_));
  auto body = std::string_view(text_).substr(header_.size());
  if (const auto line = first_line(body); ascii::trim(line).empty()) body.remove_prefix(line.size());
  body_ = without_dot(body);
  if (const auto field = find_field(header_, "Content-Transfer-Encoding"))
    quoted_printable_ = ascii::equal_nocase(ascii::trim(field->value), "quoted-printable");
  find_charset();
}

void TemplateText::find_charset() {
  const auto type = find_field(header_, "Content-Type");
  const auto value = type ? unfold(type->value) : std::string{};
  const bool multipart = ascii::starts_with_nocase(value, "multipart/");
  // Values can't know which part they land in: an escaped one is ugly in plain text, a raw one is dangerous in HTML.
  html_ = ascii::starts_with_nocase(value, "text/html") || (multipart && body_.contains("text/html"));
  charset_ = charset_parameter(multipart ? std::string_view(body_) : std::string_view(value));
  declares_charset_ = !charset_.empty();
  if (!declares_charset_) charset_ = is_utf8(text_) ? "utf-8" : "iso-8859-1";
}

}  // namespace p3scan::mime
