// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "attach/look_alikes.h"

#include <algorithm>

namespace p3scan::attach {
namespace {

/// Characters one after the other and what each of them becomes.
struct Run {
  char32_t first;
  std::string_view becomes;
};
struct Sequence {
  char32_t code;
  std::string_view becomes;
};

// What the compatibility decomposition of Unicode 15 (UAX 15) leaves of a character without its marks, lower case, where
// that is one ASCII character; beside it, chosen by hand: letters of Cyrillic, Greek and the phonetic alphabets that
// look like Latin ones, the full stops and slashes of other scripts, small capitals. A leader of several dots counts as
// one, as does a number with its dot. In ascending order.
// clang-format off
constexpr Run kRuns[] = {
    {0xa0, " "}, {0xa8, " "}, {0xaa, "a"}, {0xaf, " "}, {0xb2, "23 "}, {0xb8, " 1o"}, {0xc0, "aaaaaa"},
    {0xc7, "ceeeeiiiidnooooo"}, {0xd8, "ouuuuy"}, {0xe0, "aaaaaa"}, {0xe7, "ceeeeiiii"}, {0xf1, "nooooo"},
    {0xf8, "ouuuuy"}, {0xff, "yaaaaaaccccccccddddeeeeeeeeeegggggggghh"}, {0x127, "hiiiiiiiiii"}, {0x134, "jjkk"},
    {0x139, "llllll"}, {0x141, "llnnnnnn"}, {0x14c, "oooooo"}, {0x154, "rrrrrrsssssssstttt"},
    {0x167, "tuuuuuuuuuuuuwwyyyzzzzzzs"}, {0x1a0, "oo"}, {0x1af, "uu"}, {0x1cd, "aaiioouuuuuuuuuu"}, {0x1de, "aaaa"},
    {0x1e6, "ggkkoooo"}, {0x1f0, "j"}, {0x1f4, "gg"}, {0x1f8, "nnaa"}, {0x200, "aaaaeeeeiiiioooorrrruuuusstt"},
    {0x21e, "hh"}, {0x226, "aaeeooooooooyy"}, {0x237, "j"}, {0x251, "a"}, {0x261, "gg"}, {0x269, "ii"}, {0x274, "n"},
    {0x280, "r"}, {0x28f, "y"}, {0x299, "b"}, {0x29c, "h"}, {0x29f, "l"}, {0x2b0, "h"}, {0x2b2, "jr"}, {0x2b7, "wy"},
    {0x2d0, ":"}, {0x2d8, "      "}, {0x2e1, "lsx"}, {0x37a, " "}, {0x37e, ";j"}, {0x384, "  "}, {0x391, "ab"},
    {0x395, "ezh"}, {0x399, "ik"}, {0x39c, "mn"}, {0x39f, "o"}, {0x3a1, "p"}, {0x3a4, "ty"}, {0x3a7, "x"},
    {0x3b1, "ab"}, {0x3b5, "e"}, {0x3b7, "n"}, {0x3b9, "ik"}, {0x3bd, "v"}, {0x3bf, "o"}, {0x3c1, "p"}, {0x3c4, "tu"},
    {0x3c7, "x"}, {0x3c9, "w"}, {0x3f2, "cj"}, {0x3f9, "c"}, {0x405, "si"}, {0x408, "j"}, {0x410, "a"}, {0x412, "b"},
    {0x415, "e"}, {0x417, "3"}, {0x41a, "k"}, {0x41c, "mho"}, {0x420, "pcty"}, {0x425, "x"}, {0x430, "a"},
    {0x432, "br"}, {0x435, "e"}, {0x437, "3"}, {0x43a, "k"}, {0x43c, "mho"}, {0x440, "pcty"}, {0x445, "x"},
    {0x450, "e"}, {0x455, "si"}, {0x458, "j"}, {0x461, "w"}, {0x475, "v"}, {0x4ae, "yy"}, {0x4ba, "hh"}, {0x4c0, "l"},
    {0x4cf, "l"}, {0x500, "dd"}, {0x51a, "qqww"}, {0x6d4, "."}, {0x701, ".."}, {0x1d00, "a"}, {0x1d04, "cd"},
    {0x1d07, "e"}, {0x1d0a, "jk"}, {0x1d0d, "m"}, {0x1d0f, "o"}, {0x1d18, "p"}, {0x1d1b, "tu"}, {0x1d20, "vwz"},
    {0x1d2c, "a"}, {0x1d2e, "b"}, {0x1d30, "de"}, {0x1d33, "ghijklmn"}, {0x1d3c, "o"}, {0x1d3e, "prtuwa"},
    {0x1d47, "bde"}, {0x1d4d, "g"}, {0x1d4f, "km"}, {0x1d52, "o"}, {0x1d56, "ptu"}, {0x1d5b, "v"}, {0x1d62, "iruv"},
    {0x1d9c, "c"}, {0x1da0, "f"}, {0x1dbb, "z"},
    {0x1e00, "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprr"},
    {0x1e5a, "rrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy"}, {0x1e9b, "s"},
    {0x1ea0, "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy"},
    {0x1fbd, " "}, {0x1fbf, "   "}, {0x1fcd, "   "}, {0x1fdd, "   "}, {0x1fed, "  `"}, {0x1ffd, "  "},
    {0x2000, "           "}, {0x2017, " "}, {0x2024, "..."}, {0x202f, " "}, {0x203e, " "}, {0x2044, "/"},
    {0x205f, " "}, {0x2070, "0i"}, {0x2074, "456789+"}, {0x207c, "=()n0123456789+"}, {0x208c, "=()"},
    {0x2090, "aeox"}, {0x2095, "hklmnpst"}, {0x2102, "c"}, {0x210a, "ghhhh"}, {0x2110, "iill"}, {0x2115, "n"},
    {0x2119, "pqrrr"}, {0x2124, "z"}, {0x2128, "z"}, {0x212a, "kabc"}, {0x212f, "eef"}, {0x2133, "mo"}, {0x2139, "i"},
    {0x2145, "ddeij"}, {0x2160, "i"}, {0x2164, "v"}, {0x2169, "x"}, {0x216c, "lcdmi"}, {0x2174, "v"}, {0x2179, "x"},
    {0x217c, "lcdm"}, {0x2215, "/\\"}, {0x2236, ":"}, {0x2260, "="}, {0x226e, "<>"}, {0x2460, "123456789"},
    {0x2488, "...................."}, {0x24b6, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0"},
    {0x29f5, "\\"}, {0x29f8, "/"}, {0x2c7c, "jv"}, {0x3000, " "}, {0x3002, "."}, {0x309b, "  "}, {0x33c2, "."},
    {0x33c7, "."}, {0x33d8, "."}, {0xa731, "s"}, {0xa789, ":"}, {0xa7f2, "cfq"}, {0xfb29, "+"}, {0xfc5e, "      "},
    {0xfe10, ","}, {0xfe12, ".:;!?"}, {0xfe19, "."}, {0xfe30, "."}, {0xfe33, "__(){}"}, {0xfe47, "[]    ___,"},
    {0xfe52, "."}, {0xfe54, ";:?!"}, {0xfe59, "(){}"}, {0xfe5f, "#&*+-<>="}, {0xfe68, "\\$%@"}, {0xfe70, " "},
    {0xfe72, " "}, {0xfe74, " "}, {0xfe76, " "}, {0xfe78, " "}, {0xfe7a, " "}, {0xfe7c, " "}, {0xfe7e, " "},
    {0xff61, "."}, {0xffe3, " "}, {0x107a5, "q"}, {0x1f100, "."}, {0x1f12b, "cr"},
    {0x1f130, "abcdefghijklmnopqrstuvwxyz"}, {0x1fbf0, "0123456789"},
};

/// The same where several letters come of one.
constexpr Sequence kSequences[] = {
    {0x132, "ij"}, {0x133, "ij"}, {0x1c4, "dz"}, {0x1c5, "dz"}, {0x1c6, "dz"}, {0x1c7, "lj"}, {0x1c8, "lj"},
    {0x1c9, "lj"}, {0x1ca, "nj"}, {0x1cb, "nj"}, {0x1cc, "nj"}, {0x1f1, "dz"}, {0x1f2, "dz"}, {0x1f3, "dz"},
    {0x20a8, "rs"}, {0x2116, "no"}, {0x2120, "sm"}, {0x2121, "tel"}, {0x2122, "tm"}, {0x213b, "fax"}, {0x2161, "ii"},
    {0x2162, "iii"}, {0x2163, "iv"}, {0x2165, "vi"}, {0x2166, "vii"}, {0x2167, "viii"}, {0x2168, "ix"},
    {0x216a, "xi"}, {0x216b, "xii"}, {0x2171, "ii"}, {0x2172, "iii"}, {0x2173, "iv"}, {0x2175, "vi"}, {0x2176, "vii"},
    {0x2177, "viii"}, {0x2178, "ix"}, {0x217a, "xi"}, {0x217b, "xii"}, {0x3250, "pte"}, {0x32cc, "hg"},
    {0x32cd, "erg"}, {0x32ce, "ev"}, {0x32cf, "ltd"}, {0x3371, "hpa"}, {0x3372, "da"}, {0x3373, "au"},
    {0x3374, "bar"}, {0x3375, "ov"}, {0x3376, "pc"}, {0x3377, "dm"}, {0x337a, "iu"}, {0x3380, "pa"}, {0x3381, "na"},
    {0x3383, "ma"}, {0x3384, "ka"}, {0x3385, "kb"}, {0x3386, "mb"}, {0x3387, "gb"}, {0x3388, "cal"}, {0x3389, "kcal"},
    {0x338a, "pf"}, {0x338b, "nf"}, {0x338e, "mg"}, {0x338f, "kg"}, {0x3390, "hz"}, {0x3391, "khz"}, {0x3392, "mhz"},
    {0x3393, "ghz"}, {0x3394, "thz"}, {0x3396, "ml"}, {0x3397, "dl"}, {0x3398, "kl"}, {0x3399, "fm"}, {0x339a, "nm"},
    {0x339c, "mm"}, {0x339d, "cm"}, {0x339e, "km"}, {0x33a9, "pa"}, {0x33aa, "kpa"}, {0x33ab, "mpa"}, {0x33ac, "gpa"},
    {0x33ad, "rad"}, {0x33b0, "ps"}, {0x33b1, "ns"}, {0x33b3, "ms"}, {0x33b4, "pv"}, {0x33b5, "nv"}, {0x33b7, "mv"},
    {0x33b8, "kv"}, {0x33b9, "mv"}, {0x33ba, "pw"}, {0x33bb, "nw"}, {0x33bd, "mw"}, {0x33be, "kw"}, {0x33bf, "mw"},
    {0x33c3, "bq"}, {0x33c4, "cc"}, {0x33c5, "cd"}, {0x33c8, "db"}, {0x33c9, "gy"}, {0x33ca, "ha"}, {0x33cb, "hp"},
    {0x33cc, "in"}, {0x33cd, "kk"}, {0x33ce, "km"}, {0x33cf, "kt"}, {0x33d0, "lm"}, {0x33d1, "ln"}, {0x33d2, "log"},
    {0x33d3, "lx"}, {0x33d4, "mb"}, {0x33d5, "mil"}, {0x33d6, "mol"}, {0x33d7, "ph"}, {0x33d9, "ppm"}, {0x33da, "pr"},
    {0x33db, "sr"}, {0x33dc, "sv"}, {0x33dd, "wb"}, {0x33ff, "gal"}, {0xfb00, "ff"}, {0xfb01, "fi"}, {0xfb02, "fl"},
    {0xfb03, "ffi"}, {0xfb04, "ffl"}, {0xfb05, "st"}, {0xfb06, "st"}, {0x1f12d, "cd"}, {0x1f12e, "wz"},
    {0x1f14a, "hv"}, {0x1f14b, "mv"}, {0x1f14c, "sd"}, {0x1f14d, "ss"}, {0x1f14e, "ppv"}, {0x1f14f, "wc"},
    {0x1f16a, "mc"}, {0x1f16b, "md"}, {0x1f16c, "mr"}, {0x1f190, "dj"},
};
// clang-format on

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

constexpr bool within(char32_t code, char32_t first, char32_t last) { return code >= first && code <= last; }

/// The blocks that follow a rule: full-width forms, mathematical letters and digits, enclosed letters.
std::string_view by_block(char32_t code) {
  if (within(code, 0x1D400, 0x1D6A3)) return kLetters.substr((code - 0x1D400) % 26, 1);
  if (within(code, 0x1D7CE, 0x1D7FF)) return kDigits.substr((code - 0x1D7CE) % 10, 1);
  if (within(code, 0x1F150, 0x1F169)) return kLetters.substr(code - 0x1F150, 1);
  if (within(code, 0x1F170, 0x1F189)) return kLetters.substr(code - 0x1F170, 1);
  if (within(code, 0x249C, 0x24B5)) return kLetters.substr(code - 0x249C, 1);
  if (within(code, 0x1F1E6, 0x1F1FF)) return kLetters.substr(code - 0x1F1E6, 1);
  return {};
}

std::string_view full_width(char32_t code) {
  static constexpr std::string_view ascii =
      "!\"#$%&'()*+,-./0123456789:;<=>?@abcdefghijklmnopqrstuvwxyz[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
  return within(code, 0xFF01, 0xFF5E) ? ascii.substr(code - 0xFF01, 1) : std::string_view();
}

std::string_view by_run(char32_t code) {
  const auto* const behind = std::ranges::upper_bound(kRuns, code, {}, &Run::first);
  if (behind == std::begin(kRuns)) return {};
  const auto& run = *std::prev(behind);
  return code - run.first < run.becomes.size() ? run.becomes.substr(code - run.first, 1) : std::string_view();
}

}  // namespace

std::string_view ascii_of(char32_t code) {
  for (const auto found : {full_width(code), by_block(code), by_run(code)}) {
    if (!found.empty()) return found;
  }
  const auto* const sequence = std::ranges::lower_bound(kSequences, code, {}, &Sequence::code);
  return sequence != std::end(kSequences) && sequence->code == code ? sequence->becomes : std::string_view();
}

bool is_direction_override(char32_t code) { return code == 0x202D || code == 0x202E; }

bool is_invisible(char32_t code) {
  struct Range {
    char32_t first;
    char32_t last;
  };
  // Default_Ignorable_Code_Point, the marks that combine with Latin letters, and the C1 controls.
  static constexpr Range ranges[] = {
      {0x80, 0x9F},     {0xAD, 0xAD},       {0x300, 0x36F},     {0x61C, 0x61C},    {0x115F, 0x1160}, {0x17B4, 0x17B5},
      {0x180B, 0x180F}, {0x1AB0, 0x1AFF},   {0x1DC0, 0x1DFF},   {0x200B, 0x200F},  {0x2028, 0x202E}, {0x2060, 0x206F},
      {0x20D0, 0x20FF}, {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFE20, 0xFE2F},  {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0},
      {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
  return std::ranges::any_of(ranges, [&](Range range) { return within(code, range.first, range.last); });
}

char32_t take_character(std::string_view& text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto first = octet(0);
  std::size_t length = 1;
  if (within(first, 0xC2, 0xDF)) length = 2;
  if (within(first, 0xE0, 0xEF)) length = 3;
  if (within(first, 0xF0, 0xF4)) length = 4;
  char32_t code = length == 1 ? first : first & (0x7FU >> length);
  bool valid = text.size() >= length;
  for (std::size_t i = 1; valid && i < length; ++i) {
    valid = (octet(i) & 0xC0U) == 0x80;
    code = (code << 6U) | (octet(i) & 0x3FU);
  }
  if (!valid) {
    code = first;
    length = 1;
  }
  text.remove_prefix(length);
  return code;
}

}  // namespace p3scan::attach
