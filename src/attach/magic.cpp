// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "attach/magic.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/ascii.h"

namespace p3scan::attach {
namespace {

using namespace std::string_view_literals;

std::uint32_t octet(std::string_view s, std::size_t at) {
  return at < s.size() ? static_cast<unsigned char>(s[at]) : 0U;
}
std::uint32_t little16(std::string_view s, std::size_t at) { return octet(s, at) | (octet(s, at + 1) << 8U); }
std::uint32_t little32(std::string_view s, std::size_t at) { return little16(s, at) | (little16(s, at + 2) << 16U); }
std::uint32_t big32(std::string_view s, std::size_t at) {
  return (octet(s, at) << 24U) | (octet(s, at + 1) << 16U) | (octet(s, at + 2) << 8U) | octet(s, at + 3);
}

std::string_view from(std::string_view s, std::size_t at) { return s.substr(std::min(at, s.size())); }

/// DOS and Windows (Microsoft, "PE Format", 2.1; Phoenix, EXE header of MS-DOS). A letter that begins with MZ has no
/// such octets in its first lines: the header is full of small numbers.
bool is_dos_or_windows(std::string_view s) {
  if (!s.starts_with("MZ") && !s.starts_with("ZM")) return false;
  return std::ranges::any_of(s.substr(0, 64), [](char c) { return ascii::is_control(c) && !ascii::is_space(c); });
}

/// ELF specification, e_ident: class 1 or 2, data 1 or 2.
bool is_elf(std::string_view s) {
  return s.starts_with(
             "\x7f"
             "ELF") &&
         octet(s, 4) - 1 < 2 && octet(s, 5) - 1 < 2;
}

/// mach-o/loader.h and fat.h of XNU; Java class files share 0xCAFEBABE with fat ones (JVM specification 4.1).
std::string_view mach_or_java(std::string_view s) {
  const auto first = big32(s, 0);
  if (first == 0xFEEDFACE || first == 0xFEEDFACF || first == 0xCEFAEDFE || first == 0xCFFAEDFE)
    return "a macOS program";
  if (first != 0xCAFEBABE && first != 0xCAFEBABF) return {};
  const auto second = big32(s, 4);  // fat: number of architectures; class: minor and major version, from 45 on
  if (second == 0) return {};
  return second < 40 ? "a macOS program" : "a Java program";
}

/// An installation package of Windows: the root entry of the compound file ([MS-CFB] 2.6.4) has the class
/// 000C1084-, 000C1086- (patch) or 000C1082-0000-0000-C000-000000000046 (transform). Word's files have others.
bool is_installer(std::string_view s) {
  constexpr auto tail = "\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46"sv;
  if (!s.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) return false;
  const auto shift = little16(s, 30);
  if (shift != 9 && shift != 12) return false;
  const auto directory = (static_cast<std::uint64_t>(little32(s, 48)) + 1) << shift;
  if (directory >= s.size()) return false;
  const auto class_id = from(s, static_cast<std::size_t>(directory) + 80);
  const auto first = little32(class_id, 0);
  return (first == 0xC1084 || first == 0xC1086 || first == 0xC1082) && from(class_id, 3).starts_with(tail);
}

struct Magic {
  std::string_view begins;
  std::string_view kind;
};

// What nothing else begins with. Sources: [MS-SHLLINK] 2.1; Android, "Dalvik executable format"; [MS-CAB] 2.3;
// chm: Paul Wise and Jed Wing, "Microsoft's HTML Help (.chm) format"; hlp: Manfred Winterhoff, helpfile.txt;
// encoded scripts: Microsoft Script Encoder; AppleScript: file(1), magic/Magdir/apple.
constexpr Magic kBinary[] = {
    {"\x4C\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46"sv, "a shortcut of Windows"},
    {"MSCF\0\0\0\0"sv, "a cabinet of Windows"},
    {"ITSF\x03\0\0\0"sv, "compiled help of Windows"},
    {"\x3F\x5F\x03\0"sv, "compiled help of Windows"},
    {"#@~^"sv, "an encoded script of Windows"},
    {"FasdUAS "sv, "a compiled AppleScript"},
};

// Beginnings of text, in small letters. A file that people write may begin like this, but then it works like this.
constexpr Magic kText[] = {
    {"@echo off"sv, "a batch file of Windows"},
    {"[autorun]"sv, "an autorun file of Windows"},
    {"[internetshortcut]"sv, "a shortcut of Windows"},
    {"[defaulticon]"sv, "a shortcut of Windows"},
    {"[shell]\r\ncommand="sv, "a shortcut of Windows"},
    {"[shell]\ncommand="sv, "a shortcut of Windows"},
    {"windows registry editor version"sv, "registry settings of Windows"},
    {"regedit4"sv, "registry settings of Windows"},
    {"[desktop entry]"sv, "a shortcut of a Linux desktop"},
};

// Anywhere in the beginning of a file that is markup: HTML applications, script files and scriptlets of Windows, old
// and new kinds of shortcuts.
constexpr Magic kMarkup[] = {
    {"<hta:application"sv, "an HTML application of Windows"},
    {"<scriptlet"sv, "a script of Windows"},
    {"<job"sv, "a script of Windows"},
    {"<pcsettings"sv, "a shortcut of Windows"},
    {"<searchconnectordescription"sv, "a shortcut of Windows"},
    {"<librarydescription"sv, "a shortcut of Windows"},
    {"<jnlp"sv, "a Java program"},
};

/// Text in UTF-16 reads as ASCII when its NUL octets are left out.
std::string plain_text(std::string_view s) {
  if (s.starts_with("\xEF\xBB\xBF")) s.remove_prefix(3);
  if (s.starts_with("\xFF\xFE") || s.starts_with("\xFE\xFF")) s.remove_prefix(2);
  std::string out;
  for (const char c : s) {
    if (c != '\0') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  return out;
}

/// "#!" and the path of a program (POSIX leaves it open, execve(2) of Linux).
bool is_unix_script(std::string_view text) {
  if (!text.starts_with("#!")) return false;
  text.remove_prefix(2);
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size())).starts_with('/');
}

/// A job is only one with a script in it, else "<job>" would be an element of anybody's XML.
bool fits(const Magic& magic, std::string_view text) {
  const auto at = text.find(magic.begins);
  if (at == std::string_view::npos) return false;
  const auto behind = from(text, at + magic.begins.size());
  if (magic.begins == "<job") return (behind.starts_with('>') || behind.starts_with(' ')) && behind.contains("<script");
  return true;
}

std::string_view script_kind(std::string_view start) {
  const auto folded = plain_text(start);
  auto text = ascii::trim(folded);
  if (is_unix_script(text)) return "a script";
  for (const auto& magic : kText) {
    if (text.starts_with(magic.begins)) return magic.kind;
  }
  if (!text.starts_with('<')) return {};
  for (const auto& magic : kMarkup) {
    if (fits(magic, text)) return magic.kind;
  }
  return {};
}

}  // namespace

std::string_view program_kind(std::string_view start, Content content) {
  start = start.substr(0, kMagicOctets);
  if (is_dos_or_windows(start)) return "a Windows program";
  if (is_elf(start)) return "a Linux program";
  if (const auto kind = mach_or_java(start); !kind.empty()) return kind;
  if (is_installer(start)) return "an installation package of Windows";
  if (start.starts_with("dex\n") && start.size() > 7 && ascii::is_digit(start[4]) && start[7] == '\0')
    return "an Android program";
  if (from(start, 0x171).starts_with("MICROSOFT PIFEX\0"sv)) return "a shortcut of Windows";
  for (const auto& magic : kBinary) {
    if (start.starts_with(magic.begins)) return magic.kind;
  }
  return content == Content::attachment ? script_kind(start) : std::string_view();
}

}  // namespace p3scan::attach
