// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/address.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "mime/header.h"
#include "mime/rfc2047.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kMaxValue = 65536;
constexpr std::size_t kMaxMailboxes = 50;
constexpr std::size_t kMaxOut = 4000;
constexpr std::size_t kMaxName = 200;
constexpr std::size_t kMaxAddress = 320;  // RFC 5321 4.5.3.1: 64 before the @, 255 behind it

/// Follows quoted strings, comments and angle brackets (RFC 5322 3.2) from octet to octet.
class Lexer {
 public:
  /// Takes one octet. True if it stands outside of all quoting, so that it means something.
  bool structural(char c) {
    if (std::exchange(escaped_, false)) return false;
    if (c == '\\' && (quoted_ || comments_ > 0)) {
      escaped_ = true;
      return false;
    }
    if (quoted_) {
      quoted_ = c != '"';
      return false;
    }
    if (c == '(') ++comments_;
    if (c == ')' && comments_ > 0) {
      --comments_;
      return false;
    }
    if (comments_ > 0) return false;
    quoted_ = c == '"';
    return !quoted_;
  }

 private:
  bool escaped_ = false;
  bool quoted_ = false;
  std::size_t comments_ = 0;
};

/// Where `wanted` stands outside of quotes and comments; npos if nowhere.
std::size_t find_structural(std::string_view text, char wanted) {
  Lexer lexer;
  const auto* const at = std::ranges::find_if(text, [&](char c) { return lexer.structural(c) && c == wanted; });
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

std::string_view take_mailbox(std::string_view& text) {
  Lexer lexer;
  bool angle = false;
  const auto* const comma = std::ranges::find_if(text, [&](char c) {
    if (!lexer.structural(c)) return false;
    angle = c == '<' || (angle && c != '>');
    return c == ',' && !angle;
  });
  const auto mailbox = text.substr(0, static_cast<std::size_t>(comma - text.begin()));
  text.remove_prefix(std::min(text.size(), mailbox.size() + 1));
  return mailbox;
}

/// A display name as a reader sees it: quotes, their backslashes and the brackets of comments taken off.
std::string readable_name(std::string_view raw) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\\' && i + 1 < raw.size()) {
      text += raw[++i];
    } else if (raw[i] != '"' && raw[i] != '(' && raw[i] != ')') {
      text += raw[i];
    }
  }
  const auto shown = decode(text);
  return std::string(ascii::trim(utf8_prefix(ascii::trim(shown), kMaxName)));
}

std::string bare_address(std::string_view raw) {
  const auto clean = display_text(raw);
  std::string out;
  for (const char c : utf8_prefix(clean, kMaxAddress))
    if (!std::string_view(" <>(),;\"\\").contains(c)) out += c;
  return out;
}

bool is_atom_text(char c) {
  const char upper = ascii::upper(c);
  return ascii::is_digit(c) || (upper >= 'A' && upper <= 'Z') || std::string_view("!#$%&'*+-/=?^_`{|}~ ").contains(c);
}

std::string phrase(const std::string& name, std::size_t column) {
  if (needs_encoding(name) || std::ranges::all_of(name, is_atom_text)) return encode(name, column);
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

struct Mailbox {
  std::string name;
  std::string address;
};

/// "name <address>", "address (name)", "address" or, without any @ or bracket, just a name.
Mailbox read_mailbox(std::string_view raw) {
  if (const auto open = find_structural(raw, '<'); open != std::string_view::npos) {
    const auto inside = raw.substr(open + 1);
    return {.name = readable_name(raw.substr(0, open)), .address = bare_address(inside.substr(0, inside.find('>')))};
  }
  std::string names;
  std::string_view address;
  while (!raw.empty()) {
    const auto word = ascii::take_word(raw);
    if (address.empty() && word.contains('@') && !word.contains("=?")) {
      address = word;
    } else {
      names.append(names.empty() ? "" : " ").append(word);
    }
  }
  return {.name = readable_name(names), .address = bare_address(address)};
}

/// "undisclosed-recipients:;" and its translations: a group without members.
bool is_empty_group(std::string_view text) {
  if (!text.ends_with(';')) return false;
  const auto name = ascii::trim(text.substr(0, text.size() - 1));
  return name.size() > 1 && name.ends_with(':') && name.size() < kMaxName &&
         std::ranges::all_of(name.substr(0, name.size() - 1), is_atom_text) && !needs_encoding(name);
}

std::string encode_mailbox(std::string_view raw, std::size_t column) {
  if (is_empty_group(raw)) return std::string(raw);
  const auto [name, address] = read_mailbox(raw);
  if (name.empty()) return address;
  auto out = phrase(name, column);
  if (address.empty()) return out;
  const auto line = out.size() - (out.contains("\r\n") ? out.rfind("\r\n") + 2 : 0);
  out += column + line + address.size() > 74 ? "\r\n <" : " <";
  return out.append(address).append(">");
}

}  // namespace

std::string encode_addresses(std::string_view value, std::size_t column) {
  const auto text = unfold(value.substr(0, kMaxValue));
  std::string_view rest = text;
  std::string out;
  for (std::size_t count = 0; !rest.empty() && count < kMaxMailboxes && out.size() < kMaxOut;) {
    const auto mailbox = encode_mailbox(ascii::trim(take_mailbox(rest)), out.empty() ? column : 1);
    if (mailbox.empty()) continue;
    if (!out.empty()) out += ",\r\n ";
    out += mailbox;
    ++count;
  }
  return out;
}

namespace {

/// What may be an address in a mailbox: all that is in brackets or, without brackets, each word with an @.
std::vector<std::string_view> raw_addresses(std::string_view mailbox) {
  std::vector<std::string_view> out;
  auto open = find_structural(mailbox, '<');
  const bool brackets = open != std::string_view::npos;
  while (open != std::string_view::npos) {
    mailbox.remove_prefix(open + 1);
    out.push_back(mailbox.substr(0, mailbox.find('>')));
    open = mailbox.find('<');
  }
  while (!brackets && !mailbox.empty()) {
    const auto word = ascii::take_word(mailbox);
    if (word.contains('@') && !word.contains("=?")) out.push_back(word);
  }
  return out;
}

}  // namespace

std::vector<std::string> every_address(std::string_view value, std::size_t max) {
  const auto text = unfold(value.substr(0, kMaxValue));
  std::string_view rest = text;
  std::vector<std::string> out;
  while (!rest.empty() && out.size() < max) {
    for (const auto raw : raw_addresses(take_mailbox(rest))) {
      auto address = bare_address(raw);
      if (!address.empty() && out.size() < max) out.push_back(std::move(address));
    }
  }
  return out;
}

}  // namespace p3scan::mime
