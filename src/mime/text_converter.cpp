// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/text_converter.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "mime/iconv_handle.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr char32_t kByteOrderMark = 0xfeff;
constexpr std::size_t kLongestSequence = 16;  // octets of a character that is not complete yet

struct Label {
  std::string_view name;
  WideCharset charset;
};

constexpr auto kLabels = std::to_array<Label>({
    {.name = "utf-16", .charset = WideCharset::utf16_be},  // RFC 2781 4.3
    {.name = "utf16", .charset = WideCharset::utf16_be},
    {.name = "utf-16be", .charset = WideCharset::utf16_be},
    {.name = "utf-16le", .charset = WideCharset::utf16_le},
    {.name = "unicode", .charset = WideCharset::utf16_le},  // as Windows means it
    {.name = "ucs-2", .charset = WideCharset::utf16_be},
    {.name = "iso-10646-ucs-2", .charset = WideCharset::utf16_be},
    {.name = "utf-7", .charset = WideCharset::utf7},
    {.name = "utf7", .charset = WideCharset::utf7},
    {.name = "unicode-1-1-utf-7", .charset = WideCharset::utf7},
    {.name = "iso-2022-jp", .charset = WideCharset::iso_2022_jp},
    {.name = "csiso2022jp", .charset = WideCharset::iso_2022_jp},
});

bool is_wide(WideCharset charset) { return charset == WideCharset::utf16_be || charset == WideCharset::utf16_le; }

bool is_surrogate(char32_t unit, char32_t first) { return unit >= first && unit < first + 0x400; }

/// UTF-16 by the place of the NULs that half of the Latin letters have. No NUL and nothing above ASCII: it is a lie.
WideCharset by_octets(WideCharset label, std::string_view start) {
  std::array<std::size_t, 2> nuls{};
  for (std::size_t i = 0; i < start.size(); ++i) nuls.at(i % 2) += start[i] == '\0' ? 1 : 0;
  if (nuls[0] != nuls[1]) return nuls[0] > nuls[1] ? WideCharset::utf16_be : WideCharset::utf16_le;
  const bool text = std::ranges::all_of(start, [](char c) {
    return static_cast<unsigned char>(c) < 0x80 && (!ascii::is_control(c) || ascii::is_space(c));
  });
  return text ? WideCharset::none : label;
}

}  // namespace

WideCharset wide_charset(std::string_view charset, std::string_view start) {
  if (start.starts_with("\xfe\xff")) return WideCharset::utf16_be;
  if (start.starts_with("\xff\xfe")) return WideCharset::utf16_le;
  const auto* const label =
      std::ranges::find_if(kLabels, [&](const auto& l) { return ascii::equal_nocase(l.name, charset); });
  if (label == kLabels.end()) return WideCharset::none;
  return is_wide(label->charset) ? by_octets(label->charset, start) : label->charset;
}

/// A conversion that can stop in the middle of a character.
class TextConverter::Iconv {
 public:
  explicit Iconv(const std::string& from) : handle_("UTF-8", from) {}

  void feed(std::string_view octets, std::string& out) {
    held_ += octets;
    if (!handle_) {
      out += std::exchange(held_, {});
      return;
    }
    auto* from = held_.data();
    auto left = held_.size();
    while (left > 0 && convert(&from, &left, out)) {
      // An octet that fits nowhere.
      if (static_cast<unsigned char>(*from) < 0x80) {
        out += *from;
      } else {
        out += kReplacement;
      }
      ++from;
      --left;
    }
    held_.erase(0, held_.size() - left);
  }

  void finish(std::string& out) {
    for (const char c : held_) out += static_cast<unsigned char>(c) < 0x80 ? std::string_view(&c, 1) : kReplacement;
    held_.clear();
  }

 private:
  /// False when more octets are wanted or none are left, true at one that is not valid.
  bool convert(char** from, std::size_t* left, std::string& out) {
    std::array<char, 4096> buffer{};
    for (;;) {
      auto* to = buffer.data();
      auto room = buffer.size();
      errno = 0;
      const auto result = iconv(handle_.get(), from, left, &to, &room);
      const auto error = errno;
      out.append(buffer.data(), buffer.size() - room);
      if (result != static_cast<std::size_t>(-1)) return false;
      if (error == E2BIG && room < buffer.size()) continue;
      return error != EINVAL || *left > kLongestSequence;
    }
  }

  IconvHandle handle_;
  std::string held_;
};

TextConverter::TextConverter(WideCharset charset) : charset_(charset) {
  if (charset == WideCharset::utf7) iconv_ = std::make_unique<Iconv>("UTF-7");
  if (charset == WideCharset::iso_2022_jp) iconv_ = std::make_unique<Iconv>("ISO-2022-JP");
}

TextConverter::~TextConverter() = default;

void TextConverter::take_unit(char32_t unit, std::string& out) {
  const bool mark = at_start_ && unit == kByteOrderMark;
  at_start_ = false;
  if (mark) return;
  if (surrogate_ != 0) {
    const auto first = std::exchange(surrogate_, 0);
    if (is_surrogate(unit, 0xdc00)) return append_utf8(out, 0x10000 + ((first - 0xd800) << 10U) + (unit - 0xdc00));
    out += kReplacement;
  }
  if (is_surrogate(unit, 0xd800)) {
    surrogate_ = unit;
  } else if (is_surrogate(unit, 0xdc00)) {
    out += kReplacement;
  } else {
    append_utf8(out, unit);
  }
}

void TextConverter::feed_utf16(std::string_view octets, std::string& out) {
  const auto unit = [&](char a, char b) {
    const char32_t first = static_cast<unsigned char>(a);
    const char32_t second = static_cast<unsigned char>(b);
    return charset_ == WideCharset::utf16_be ? (first << 8U | second) : (second << 8U | first);
  };
  for (const char c : octets) {
    if (held_.empty()) {
      held_ += c;
      continue;
    }
    take_unit(unit(held_.front(), c), out);
    held_.clear();
  }
}

void TextConverter::feed(std::string_view octets, std::string& out) {
  if (is_wide(charset_)) return feed_utf16(octets, out);
  if (iconv_) return iconv_->feed(octets, out);
  out += octets;
}

void TextConverter::finish(std::string& out) {
  if (iconv_) iconv_->finish(out);
  if (surrogate_ != 0 || !held_.empty()) out += kReplacement;
  surrogate_ = 0;
  held_.clear();
}

}  // namespace p3scan::mime
