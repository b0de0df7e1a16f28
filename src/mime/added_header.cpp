// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/added_header.h"

#include <algorithm>

#include "base/ascii.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kMaxReason = 400;
constexpr std::size_t kLine = 76;

/// Breaks at blanks, and inside words that fit no line.
std::string folded(std::string text, std::string_view words, std::string_view ending) {
  std::size_t column = text.size();
  while (!words.empty()) {
    const auto word = ascii::take_word(words);
    for (std::size_t at = 0; at < word.size(); at += kLine - 1) {
      const auto piece = word.substr(at, kLine - 1);
      if (column + 1 + piece.size() > kLine) {
        text += ending;
        column = 0;
      }
      text.append(" ").append(piece);
      column += 1 + piece.size();
    }
  }
  return text.append(ending);
}

}  // namespace

std::string clean_header(bool outgoing, std::string_view ending) {
  std::string line = outgoing ? "X-P3Scan: v" P3SCAN_VERSION " by P3Scan. No outbound virus detected."
                              : "X-P3Scan: Version " P3SCAN_VERSION " by P3Scan";
  return line.append(ending);
}

std::string marked_header(std::string_view reason, std::string_view ending) {
  std::string safe(ascii::trim(reason.substr(0, kMaxReason)));
  std::ranges::replace_if(safe, [](char c) { return ascii::is_space(c); }, ' ');
  std::ranges::replace_if(safe, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  if (safe.empty()) safe = "no reason known";
  return folded("X-P3Scan: Not scanned:", safe, ending);
}

}  // namespace p3scan::mime
