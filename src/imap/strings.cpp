// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/strings.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "imap/command_reader.h"

namespace p3scan::imap {
namespace {

using std::string_view_literals::operator""sv;
constexpr auto kNone = std::string_view::npos;

std::optional<std::string> take_quoted(std::string_view& text) {
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return out;
    }
    if (text[i] == '\\') ++i;
    if (i < text.size()) out += text[i];
  }
  return std::nullopt;
}

std::optional<std::string> take_literal(std::string_view& text) {
  const auto end = text.find("}\r\n");
  if (end == kNone) return std::nullopt;
  auto digits = text.substr(1, end - 1);
  if (digits.ends_with('+')) digits.remove_suffix(1);
  const auto size = ascii::number<std::uint64_t>(digits);
  const auto octets = text.substr(end + 3);
  if (!size || *size > octets.size()) return std::nullopt;
  text = octets.substr(*size);
  return std::string(octets.substr(0, *size));
}

bool is_astring_char(char c) {
  return static_cast<unsigned char>(c) < 0x80 && !ascii::is_control(c) && !R"( (){%*"\)"sv.contains(c);
}

}  // namespace

std::optional<std::string> take_astring(std::string_view& text) {
  if (text.starts_with('"')) return take_quoted(text);
  if (text.starts_with('{')) return take_literal(text);
  if (text.starts_with("~{")) {
    text.remove_prefix(1);
    return take_literal(text);
  }
  // Servers are lenient about what an atom is made of, and so are we: up to what must end it.
  const auto word = text.substr(0, text.find_first_of(" ()\r\n\""));
  if (word.empty()) return std::nullopt;
  text.remove_prefix(word.size());
  return std::string(word);
}

std::optional<std::string> write_astring(std::string_view octets) {
  if (!octets.empty() && std::ranges::all_of(octets, is_astring_char)) return std::string(octets);
  std::string out = "\"";
  for (const char c : octets) {
    if (c == '\r' || c == '\n' || c == '\0') return std::nullopt;
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::optional<std::string> mailbox_of(const Command& command) {
  auto arguments = std::string_view(command.text).substr(command.arguments);
  auto name = take_astring(arguments);
  if (name && ascii::equal_nocase(*name, "INBOX")) name = "INBOX";
  return name;
}

std::optional<std::string> login_name(const Command& command) {
  auto arguments = std::string_view(command.text).substr(command.arguments);
  return take_astring(arguments);
}

}  // namespace p3scan::imap
