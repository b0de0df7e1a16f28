// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/status_line.h"

#include "base/ascii.h"

namespace p3scan::imap {
namespace {

constexpr std::size_t kLongestText = 400;

char shown(char c) {
  if (static_cast<unsigned char>(c) >= 0x80) return '?';
  return ascii::is_control(c) ? ' ' : c;
}

}  // namespace

std::string status_line(std::string_view tag, std::string_view status, std::string_view code, std::string_view text) {
  std::string line;
  line.append(tag).append(" ").append(status).append(" ");
  if (!code.empty()) line.append("[").append(code).append("] ");
  text = text.substr(0, kLongestText);
  if (code.empty() && text.starts_with('[')) line += ' ';  // no code by accident
  for (const char c : text) line += shown(c);
  if (text.empty()) line += "Refused";
  return line.append("\r\n");
}

}  // namespace p3scan::imap
