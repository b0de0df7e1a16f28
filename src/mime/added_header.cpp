// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/added_header.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kMaxReason = 400;
constexpr std::size_t kMaxInfoLine = 200;
constexpr std::size_t kMaxInfoLines = 10;
constexpr std::size_t kLine = 76;

/// Text built up in lines of at most kLine octets.
class Folder {
 public:
  Folder(std::string_view start, std::string_view ending) : text_(start), ending_(ending), column_(start.size()) {}

  /// Behind a blank; a word that fits no line is broken.
  void add(std::string_view word) {
    while (!word.empty()) {
      const auto piece = word.substr(0, kLine - 1);
      if (column_ + 1 + piece.size() > kLine) {
        text_ += ending_;
        column_ = 0;
      }
      text_.append(" ").append(piece);
      column_ += 1 + piece.size();
      word.remove_prefix(piece.size());
    }
  }

  std::string finish() { return std::move(text_.append(ending_)); }

 private:
  std::string text_;
  std::string_view ending_;
  std::size_t column_;
};

std::string printable_ascii(std::string_view text) {
  std::string safe(ascii::trim(text));
  std::ranges::replace_if(safe, [](char c) { return ascii::is_space(c); }, ' ');
  std::ranges::replace_if(safe, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return safe;
}

}  // namespace

std::string clean_header(bool outgoing, std::string_view ending) {
  std::string line = outgoing ? "X-P3Scan: v" P3SCAN_VERSION " by P3Scan. No outbound virus detected."
                              : "X-P3Scan: Version " P3SCAN_VERSION " by P3Scan";
  return line.append(ending);
}

std::string marked_header(std::string_view reason, std::string_view ending) {
  auto safe = printable_ascii(reason.substr(0, kMaxReason));
  if (safe.empty()) safe = "no reason known";
  Folder folder("X-P3Scan: Not scanned:", ending);
  for (std::string_view words = safe; !words.empty();) folder.add(ascii::take_word(words));
  return folder.finish();
}

std::string info_headers(std::string_view info, std::string_view ending) {
  std::string headers;
  for (std::size_t lines = 0; !info.empty() && lines < kMaxInfoLines;) {
    const auto line = info.substr(0, info.find_first_of("\r\n"));
    info.remove_prefix(std::min(info.size(), line.size() + 1));
    const auto safe = printable_ascii(line.substr(0, kMaxInfoLine));
    if (safe.empty()) continue;
    Folder folder("X-P3Scan:", ending);
    for (std::string_view words = safe; !words.empty();) folder.add(ascii::take_word(words));
    headers += folder.finish();
    ++lines;
  }
  return headers;
}

}  // namespace p3scan::mime
