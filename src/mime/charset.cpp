// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/charset.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "mime/iconv_handle.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

using Override = std::pair<std::uint8_t, char16_t>;  // octet and character

// Where a charset differs from iso-8859-1, whose octets are the code points.
constexpr std::array kWindows1252 = std::to_array<Override>({
    {0x80, 0x20ac}, {0x82, 0x201a}, {0x83, 0x0192}, {0x84, 0x201e}, {0x85, 0x2026}, {0x86, 0x2020}, {0x87, 0x2021},
    {0x88, 0x02c6}, {0x89, 0x2030}, {0x8a, 0x0160}, {0x8b, 0x2039}, {0x8c, 0x0152}, {0x8e, 0x017d}, {0x91, 0x2018},
    {0x92, 0x2019}, {0x93, 0x201c}, {0x94, 0x201d}, {0x95, 0x2022}, {0x96, 0x2013}, {0x97, 0x2014}, {0x98, 0x02dc},
    {0x99, 0x2122}, {0x9a, 0x0161}, {0x9b, 0x203a}, {0x9c, 0x0153}, {0x9e, 0x017e}, {0x9f, 0x0178},
});
constexpr std::array kIso15 = std::to_array<Override>({
    {0xa4, 0x20ac},
    {0xa6, 0x0160},
    {0xa8, 0x0161},
    {0xb4, 0x017d},
    {0xb8, 0x017e},
    {0xbc, 0x0152},
    {0xbd, 0x0153},
    {0xbe, 0x0178},
});
constexpr std::array kIso2 = std::to_array<Override>({
    {0xa1, 0x0104}, {0xa2, 0x02d8}, {0xa3, 0x0141}, {0xa5, 0x013d}, {0xa6, 0x015a}, {0xa9, 0x0160}, {0xaa, 0x015e},
    {0xab, 0x0164}, {0xac, 0x0179}, {0xae, 0x017d}, {0xaf, 0x017b}, {0xb1, 0x0105}, {0xb2, 0x02db}, {0xb3, 0x0142},
    {0xb5, 0x013e}, {0xb6, 0x015b}, {0xb7, 0x02c7}, {0xb9, 0x0161}, {0xba, 0x015f}, {0xbb, 0x0165}, {0xbc, 0x017a},
    {0xbd, 0x02dd}, {0xbe, 0x017e}, {0xbf, 0x017c}, {0xc0, 0x0154}, {0xc3, 0x0102}, {0xc5, 0x0139}, {0xc6, 0x0106},
    {0xc8, 0x010c}, {0xca, 0x0118}, {0xcc, 0x011a}, {0xcf, 0x010e}, {0xd0, 0x0110}, {0xd1, 0x0143}, {0xd2, 0x0147},
    {0xd5, 0x0150}, {0xd8, 0x0158}, {0xd9, 0x016e}, {0xdb, 0x0170}, {0xde, 0x0162}, {0xe0, 0x0155}, {0xe3, 0x0103},
    {0xe5, 0x013a}, {0xe6, 0x0107}, {0xe8, 0x010d}, {0xea, 0x0119}, {0xec, 0x011b}, {0xef, 0x010f}, {0xf0, 0x0111},
    {0xf1, 0x0144}, {0xf2, 0x0148}, {0xf5, 0x0151}, {0xf8, 0x0159}, {0xf9, 0x016f}, {0xfb, 0x0171}, {0xfe, 0x0163},
    {0xff, 0x02d9},
});

using Table = std::array<char16_t, 128>;  // the characters of 0x80 to 0xff

constexpr Table table(std::span<const Override> overrides) {
  Table codes{};
  for (std::size_t i = 0; i < codes.size(); ++i) codes.at(i) = static_cast<char16_t>(0x80 + i);
  for (const auto& [octet, code] : overrides) codes.at(octet - 0x80U) = code;
  return codes;
}

constexpr Table kTable1252 = table(kWindows1252);
constexpr Table kTable1 = table({});
constexpr Table kTable15 = table(kIso15);
constexpr Table kTable2 = table(kIso2);

enum class Kind : std::uint8_t { ascii, utf8, octets };

struct Charset {
  std::string_view name;
  Kind kind;
  const Table* reads = nullptr;
  const Table* writes = nullptr;
};

constexpr std::array kCharsets = std::to_array<Charset>({
    {.name = "utf-8", .kind = Kind::utf8},
    {.name = "utf8", .kind = Kind::utf8},
    {.name = "us-ascii", .kind = Kind::ascii},
    {.name = "ascii", .kind = Kind::ascii},
    {.name = "ansi_x3.4-1968", .kind = Kind::ascii},
    {.name = "iso-8859-1", .kind = Kind::octets, .reads = &kTable1252, .writes = &kTable1},
    {.name = "iso8859-1", .kind = Kind::octets, .reads = &kTable1252, .writes = &kTable1},
    {.name = "iso_8859-1", .kind = Kind::octets, .reads = &kTable1252, .writes = &kTable1},
    {.name = "latin1", .kind = Kind::octets, .reads = &kTable1252, .writes = &kTable1},
    {.name = "iso-8859-15", .kind = Kind::octets, .reads = &kTable15, .writes = &kTable15},
    {.name = "iso8859-15", .kind = Kind::octets, .reads = &kTable15, .writes = &kTable15},
    {.name = "latin-9", .kind = Kind::octets, .reads = &kTable15, .writes = &kTable15},
    {.name = "iso-8859-2", .kind = Kind::octets, .reads = &kTable2, .writes = &kTable2},
    {.name = "iso8859-2", .kind = Kind::octets, .reads = &kTable2, .writes = &kTable2},
    {.name = "latin2", .kind = Kind::octets, .reads = &kTable2, .writes = &kTable2},
    {.name = "windows-1252", .kind = Kind::octets, .reads = &kTable1252, .writes = &kTable1252},
    {.name = "cp1252", .kind = Kind::octets, .reads = &kTable1252, .writes = &kTable1252},
});

/// Left to iconv, under the names it knows.
constexpr auto kIconvCharsets = std::to_array<std::string_view>({
    "iso-8859-3",   "iso-8859-4",   "iso-8859-5",   "iso-8859-6",   "iso-8859-7",   "iso-8859-8",   "iso-8859-9",
    "iso-8859-10",  "iso-8859-13",  "iso-8859-14",  "iso-8859-16",  "windows-1250", "windows-1251", "windows-1253",
    "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258", "koi8-r",       "koi8-u",
    "cp437",        "cp850",        "cp852",        "cp866",        "macintosh",    "tis-620",      "gb2312",
    "gbk",          "gb18030",      "big5",         "euc-kr",       "euc-jp",       "shift_jis",    "iso-2022-jp",
    "utf-16",       "utf-16le",     "utf-16be",     "utf-7",
});

constexpr std::size_t kMaxIconv = 65536;

const Charset* find_charset(std::string_view name) {
  const auto* const at =
      std::ranges::find_if(kCharsets, [&](const auto& c) { return ascii::equal_nocase(name, c.name); });
  return at == kCharsets.end() ? nullptr : at;
}

/// The charset's name as a C string that iconv may see; empty if it must not.
std::string iconv_name(std::string_view name) {
  const auto* const at =
      std::ranges::find_if(kIconvCharsets, [&](auto known) { return ascii::equal_nocase(name, known); });
  return at == kIconvCharsets.end() ? std::string{} : std::string(*at);
}

/// One conversion from the beginning of a text to its end.
class Converter {
 public:
  Converter(const std::string& to, const std::string& from) : handle_(to, from) {}

  explicit operator bool() const { return static_cast<bool>(handle_); }

  /// Appends all of `in` converted. False if it is not valid or can not be said in the target.
  bool convert(std::string_view in, std::string& out) {
    std::string copy(in);  // iconv wants a mutable buffer
    auto* from = copy.data();
    auto left = copy.size();
    return drain(&from, &left, out);
  }

  /// Returns a stateful charset to its first state.
  void flush(std::string& out) { drain(nullptr, nullptr, out); }

 private:
  bool drain(char** from, std::size_t* left, std::string& out) {
    std::array<char, 4096> buffer{};
    for (;;) {
      auto* to = buffer.data();
      auto room = buffer.size();
      const auto result = iconv(handle_.get(), from, left, &to, &room);
      const bool full = result == static_cast<std::size_t>(-1) && errno == E2BIG;
      out.append(buffer.data(), buffer.size() - room);
      if (!full) return result != static_cast<std::size_t>(-1);
      if (room == buffer.size()) return false;  // no progress
    }
  }

  IconvHandle handle_;
};

std::string octets_to_utf8(const Table& codes, std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    const auto octet = static_cast<unsigned char>(c);
    append_utf8(out, octet < 0x80 ? char32_t{octet} : char32_t{codes.at(octet - 0x80U)});
  }
  return out;
}

/// The octet for a character of a single-octet charset, '?' if it has none.
char to_octet(const Table* codes, char32_t code) {
  if (code < 0x80) return static_cast<char>(code);
  if (codes == nullptr) return '?';
  const auto* const at = std::ranges::find(*codes, code, [](char16_t c) { return char32_t{c}; });
  return at == codes->end() ? '?' : static_cast<char>(static_cast<unsigned char>(0x80 + (at - codes->begin())));
}

/// Calls `each` with every character of well-formed text; stray octets are passed over.
template <class Function>
void for_each_character(std::string_view text, Function each) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length > 0) each(text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

}  // namespace

bool is_builtin_charset(std::string_view charset) { return find_charset(charset) != nullptr; }

bool is_utf8_charset(std::string_view charset) {
  const auto* const known = find_charset(charset);
  return known != nullptr && known->kind == Kind::utf8;
}

char32_t windows_1252(char octet) {
  const auto value = static_cast<unsigned char>(octet);
  return value < 0x80 ? char32_t{value} : char32_t{kTable1252.at(value - 0x80U)};
}

std::optional<std::string> to_utf8(std::string_view charset, std::string_view bytes) {
  if (const auto* const known = find_charset(charset)) {
    if (known->kind == Kind::octets) return octets_to_utf8(*known->reads, bytes);
    const bool seven_bit = std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (known->kind == Kind::ascii ? !seven_bit : !is_utf8(bytes)) return std::nullopt;
    return std::string(bytes);
  }
  if (bytes.size() > kMaxIconv) return std::nullopt;
  Converter converter("UTF-8", iconv_name(charset));
  std::string out;
  if (!converter || !converter.convert(bytes, out) || !is_utf8(out)) return std::nullopt;
  return out;
}

std::string from_utf8(std::string_view charset, std::string_view text) {
  const auto* const known = find_charset(charset);
  if (known != nullptr && known->kind == Kind::utf8) return std::string(text);
  std::string out;
  Converter converter(known == nullptr ? iconv_name(charset) : std::string{}, "UTF-8");
  if (!converter) {
    const auto* const codes = known == nullptr ? nullptr : known->writes;
    for_each_character(text, [&](std::string_view c) { out += to_octet(codes, utf8_code(c)); });
    return out;
  }
  for_each_character(text, [&](std::string_view c) {
    if (!converter.convert(c, out)) converter.convert("?", out);
  });
  converter.flush(out);
  return out;
}

}  // namespace p3scan::mime
