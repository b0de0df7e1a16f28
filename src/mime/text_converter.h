// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace p3scan::mime {

/// Charsets whose octets below 0x80 are not always the ASCII characters of that number.
enum class WideCharset : std::uint8_t { none, utf16_be, utf16_le, utf7, iso_2022_jp };

/// Which of them a text is written in. `charset` is its label, `start` its first octets, 64 if there are so many. For
/// UTF-16 the octets decide: a byte order mark whatever the label says, and under such a label whether there are NULs.
WideCharset wide_charset(std::string_view charset, std::string_view start);

/// Converts a text that comes in pieces to UTF-8. Never fails: an octet that is not valid stays itself if it is ASCII
/// and becomes U+FFFD if not. A byte order mark is left out. Constant memory.
class TextConverter {
 public:
  explicit TextConverter(WideCharset charset);  // none: the octets stay as they are
  TextConverter(const TextConverter&) = delete;
  TextConverter& operator=(const TextConverter&) = delete;
  TextConverter(TextConverter&&) = delete;
  TextConverter& operator=(TextConverter&&) = delete;
  ~TextConverter();

  void feed(std::string_view octets, std::string& out);  // appends to `out`
  void finish(std::string& out);

 private:
  class Iconv;

  void take_unit(char32_t unit, std::string& out);
  void feed_utf16(std::string_view octets, std::string& out);

  WideCharset charset_;
  std::unique_ptr<Iconv> iconv_;
  std::string held_;        // half a unit of UTF-16
  char32_t surrogate_ = 0;  // the first one of a pair
  bool at_start_ = true;
};

}  // namespace p3scan::mime
