// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "attach/name_rule.h"

#include <gtest/gtest.h>

#include <array>

#include "attach/defaults.h"

namespace p3scan::attach {
namespace {

using namespace std::string_literals;

struct Row {
  std::string name;
  std::string match;  // empty: harmless
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      // plain
      {"a.exe", "exe"},
      {"A.EXE", "exe"},
      {"a.eXe", "exe"},
      {".exe", "exe"},
      {"a.b.c.scr", "scr"},
      {"invoice.pdf.exe", "exe"},
      {"invoice.pdf.EXE", "exe"},
      {"photo.jpg.vbs", "vbs"},
      {"LOVE-LETTER-FOR-YOU.TXT.vbs", "vbs"},
      {"www.example.com", "com"},
      {"a.settingcontent-ms", "settingcontent-ms"},
      {"autorun.inf", "inf"},
      {"report.pdf.lnk", "lnk"},
      {"report.js", "js"},
      {"setup.msi", "msi"},
      {"disk.iso", "iso"},
      {"x.jar", "jar"},
      {"x.hta", "hta"},
      {"x.ps1", "ps1"},
      {"x.PS1XML", "ps1xml"},
      {"x.apk", "apk"},
      {"x.command", "command"},
      // what Windows drops at the end
      {"a.exe.", "exe"},
      {"a.exe...", "exe"},
      {"a.exe ", "exe"},
      {"a.exe   ", "exe"},
      {"a.exe . . .", "exe"},
      {"a.exe\t", "exe"},
      {"a.exe\r\n", "exe"},
      {"a.exe. \t.", "exe"},
      {"a.exe\"", "exe"},
      {"\"a.exe\"", "exe"},
      {"'a.exe'", "exe"},
      {"a.exe`", "exe"},
      {"a.exe;", "exe"},
      {"a.exe,", "exe"},
      {"a.exe<", "exe"},
      {"a.exe>", "exe"},
      {"<a.exe>", "exe"},
      {"a.exe|", "exe"},
      {"a.exe?", "exe"},
      {"a.exe*", "exe"},
      {"a.exe;;..  ", "exe"},
      {"a. exe", "exe"},
      {"a.exe .", "exe"},
      {"a .exe", "exe"},
      {"a.\texe", "exe"},
      {"a.e\"xe", "exe"},
      {"a.e?xe", "exe"},
      {"a.e*x*e", "exe"},
      {"a.\x01"s + "exe", "exe"},
      {"a.e\x07xe", "exe"},
      {"a.exe\x7f", "exe"},
      {"a.\x1b"s + "exe", "exe"},
      // NUL
      {"a.exe\0"s, "exe"},
      {"a.exe\0.txt"s, "exe"},
      {"a.exe\0\0\0.jpg"s, "exe"},
      {"a.txt\0.exe"s, "exe"},
      {"a.e\0xe"s, "exe"},
      {"a.\0exe"s, "exe"},
      {"a.exe%00.txt", "exe"},
      {"a.exe%00", "exe"},
      {"a.exe.\0x"s, "exe"},
      {"\0a.exe"s, "exe"},
      // streams
      {"a.exe::$DATA", "exe"},
      {"a.exe::$data", "exe"},
      {"a.exe:$DATA", "exe"},
      {"a.exe:", "exe"},
      {"a.exe::", "exe"},
      {"a.exe:stream:$DATA", "exe"},
      {"a.exe.::$DATA", "exe"},
      {"a.exe ::$DATA", "exe"},
      {"a.txt:b.exe", "exe"},
      {"a.txt:b.exe:$DATA", ""},
      {"a.exe%3A%3A$DATA", "exe"},
      {"a.exe\xEF\xBC\x9A\xEF\xBC\x9A$DATA", "exe"},
      // directories
      {"dir/a.exe", "exe"},
      {"dir\\a.exe", "exe"},
      {"C:\\dir\\a.exe", "exe"},
      {"../../a.exe", "exe"},
      {"a.exe/", "exe"},
      {"a.exe\\", "exe"},
      {"a.exe/.", "exe"},
      {"a.exe//", "exe"},
      {"a.txt/b.exe", "exe"},
      {"/a.exe", "exe"},
      {"\\\\server\\share\\a.exe", "exe"},
      {"dir%2Fa.exe", "exe"},
      {"dir%5Ca%2Eexe", "exe"},
      {"file:///c:/a.exe", "exe"},
      // class ids
      {"a.{3050f4d8-98B5-11CF-BB82-00AA00BDCE0B}", "{class id}"},
      {"a.txt.{00020C01-0000-0000-C000-000000000046}", "{class id}"},
      {"a.{3050f4d8-98B5-11CF-BB82-00AA00BDCE0B}.", "{class id}"},
      {"a.{3050f4d8-98B5-11CF-BB82-00AA00BDCE0B} ", "{class id}"},
      {"a.%7B3050f4d8-98B5-11CF-BB82-00AA00BDCE0B%7D", "{class id}"},
      {"a.{3050f4d8-98B5-11CF-BB82-00AA00BDCE0B}.txt", ""},
      {"a.{3050f4d8}", ""},
      {"a.{not-a-class-id-but-38-characters-long!}", ""},
      // percent
      {"a%2Eexe", "exe"},
      {"a%2eexe", "exe"},
      {"a.%65xe", "exe"},
      {"a.%65%78%65", "exe"},
      {"%61%2E%65%78%65", "exe"},
      {"a%252Eexe", "exe"},
      {"a.exe%20", "exe"},
      {"a.exe%2E", "exe"},
      {"a.exe%0A", "exe"},
      {"a.%EF%BD%85xe", "exe"},
      {"a%EF%BC%8Eexe", "exe"},
      {"a.exe%", ""},
      {"100%.exe", "exe"},
      {"a.exe%2", ""},
      {"a.ex%zz", ""},
      // direction
      {"invoice_\xE2\x80\xAE"
       "fdp.exe",
       "direction override"},
      {"gpj.\xE2\x80\xAE"
       "exe.txt",
       "direction override"},
      {"\xE2\x80\xAD"
       "a.txt",
       "direction override"},
      {"\xE2\x80\xAE", "direction override"},
      {"a%E2%80%AEtxt", "direction override"},
      {"a%E2%80%AEtxt.exe", "exe"},
      {"a\xE2\x81\xA7txt.exe", "exe"},
      {"a\xE2\x80\xABtxt.exe", "exe"},
      {"a.exe\xE2\x80\x8F", "exe"},
      {"a.\xE2\x80\x8E"
       "exe",
       "exe"},
      {"a.e\xE2\x80\xAAx\xE2\x80\xAC"
       "e",
       "exe"},
      {"\xD7\xA9\xD7\x9C\xE2\x80\x8F.txt", ""},
      // invisible
      {"a.e\xE2\x80\x8Bxe", "exe"},
      {"a.exe\xE2\x80\x8B", "exe"},
      {"a.\xEF\xBB\xBF"
       "exe",
       "exe"},
      {"a.exe\xEF\xBB\xBF", "exe"},
      {"a.e\xC2\xADxe", "exe"},
      {"a.e\xCC\x81xe", "exe"},
      {"a.ex\xE2\x81\xA0"
       "e",
       "exe"},
      {"a.exe\xEF\xB8\x8F", "exe"},
      {"a.e\xF3\xA0\x80\xA0xe", "exe"},
      {"a.e\xC2\x85xe", "exe"},
      {"a.exe\xE2\x80\xA8", "exe"},
      // look-alikes
      {"a\xEF\xBC\x8E"
       "exe",
       "exe"},
      {"a.\xEF\xBD\x85\xEF\xBD\x98\xEF\xBD\x85", "exe"},
      {"a.\xEF\xBC\xA5\xEF\xBC\xB8\xEF\xBC\xA5", "exe"},
      {"a\xE3\x80\x82"
       "exe",
       "exe"},
      {"a\xEF\xBD\xA1"
       "exe",
       "exe"},
      {"a\xE2\x80\xA4"
       "exe",
       "exe"},
      {"a\xE2\x80\xA5"
       "exe",
       "exe"},
      {"a\xE2\x80\xA6"
       "exe",
       "exe"},
      {"a\xEF\xB9\x92"
       "exe",
       "exe"},
      {"a.exe\xE2\x80\xA6", "exe"},
      {"a.exe\xEF\xBC\x8E", "exe"},
      {"a.exe\xE3\x80\x80", "exe"},
      {"a.exe\xC2\xA0", "exe"},
      {"a.exe\xE2\x80\x83\xE2\x80\x83", "exe"},
      {"a.\xE2\x93\x94\xE2\x93\xA7\xE2\x93\x94", "exe"},
      {"a.\xF0\x9D\x90\x9E\xF0\x9D\x90\xB1\xF0\x9D\x90\x9E", "exe"},
      {"a.\xF0\x9D\x99\x80\xF0\x9D\x99\x93\xF0\x9D\x99\x80", "exe"},
      {"a.\xF0\x9D\x92\x8B\xF0\x9D\x92\x94", "js"},
      {"a.ps\xF0\x9D\x9F\x8F", "ps1"},
      {"a.ps\xE2\x91\xA0", "ps1"},
      {"a.ps\xC2\xB9", "ps1"},
      {"a.ps\xEF\xBC\x91", "ps1"},
      {"a.\xE1\xB5\x89\xCB\xA3\xE1\xB5\x89", "exe"},
      {"a.\xE2\x82\x91\xE2\x82\x93\xE2\x82\x91", "exe"},
      {"a.\xD0\xB5\xD1\x85\xD0\xB5", "exe"},
      {"a.\xD1\x81\xD0\xBE\xD0\xBC", "com"},
      {"a.\xC3\xA9xe", "exe"},
      {"a.\xC4\x93xe", "exe"},
      {"a.\xE3\x8E\xB3i", "msi"},
      {"a.\xE3\x8E\xB0"
       "1",
       "ps1"},
      {"a.\xF0\x9F\x84\xB4\xF0\x9F\x85\x87\xF0\x9F\x84\xB4", "exe"},
      {"a.\xF0\x9F\x85\xB4\xF0\x9F\x86\x87\xF0\x9F\x85\xB4", "exe"},
      {"a.p\xC4\xB1"
       "f",
       "pif"},
      {"a\xEF\xBC\x8F"
       "b.exe",
       "exe"},
      {"a.exe\xEF\xBC\x8F", "exe"},
      {"a.\xEF\xBC\xA5xe\xEF\xBC\x8E\xE3\x80\x80", "exe"},
      // careless UTF-8 decoders
      {"a\xE0\x80\xAE"
       "exe",
       "exe"},
      {"a\xF0\x80\x80\xAE"
       "exe",
       "exe"},
      {"a.\xE9xe", "exe"},
      {"a.exe\xFF", ""},
      {"\xFF\xFE.exe", "exe"},
      {"\xC3.exe", "exe"},
      {"\xE2\x80.exe", "exe"},
      // hidden in the middle
      {"a.exe          .txt", "exe"},
      {"a.exe\t\t\t\t.pdf", "exe"},
      {"a.exe          invoice", "exe"},
      {"a.exe          invoice.pdf", "exe"},
      {"a.exe\xE3\x80\x80\xE3\x80\x80\xE3\x80\x80\xE3\x80\x80.pdf", "exe"},
      {"a.exe .txt", ""},
      {"a.exe   .txt", ""},
      {"a.pdf          .exe", "exe"},
      {"a.pdf" + std::string(500, ' ') + ".exe", "exe"},
      {"a.exe" + std::string(500, ' ') + ".txt", "exe"},
      {std::string(200, 'a') + ".exe.txt", "exe"},
      {std::string(250, 'a') + ".exe" + std::string(100, 'b') + ".txt", ""},
      {std::string(250, 'a') + ".exe." + std::string(100, 'b') + ".txt", "exe"},
      {std::string(5000, 'a') + ".exe", "exe"},
      {std::string(5000, '.') + "exe", "exe"},
      {"a.exe" + std::string(5000, '.'), ""},  // nothing that a system can have as a name
      {"a.exe" + std::string(1000, '.'), "exe"},
      {std::string(100'000, '%') + ".exe", "exe"},
      // no file to open
      {"", ""},
      {".", ""},
      {"...", ""},
      {" ", ""},
      {"/", ""},
      {":", ""},
      {"%", ""},
      {"exe", ""},
      {"com", ""},
      {"a", ""},
      {"a.", ""},
      {"a.exe_", ""},
      {"a.exe-", ""},
      {"a.exe1", ""},
      {"a.xexe", ""},
      {"aexe", ""},
      {"a exe", ""},
      {"a_exe", ""},
      // what people send
      {"report.pdf", ""},
      {"report.final.v2.docx", ""},
      {"tables.xlsx", ""},
      {"photo.jpeg", ""},
      {"winmail.dat", ""},
      {"smime.p7s", ""},
      {"signature.asc", ""},
      {"invite.ics", ""},
      {"archive.zip", ""},
      {"archive.tar.gz", ""},
      {"archive.7z", ""},
      {"page.html", ""},
      {"mail.eml", ""},
      {"notes.txt", ""},
      {"www.example.com.pdf", ""},
      {"jquery.js.txt", ""},
      {"Fwd: see www.example.com: hello.eml", ""},
      {"Re: 10:30 meeting.pdf", ""},
      {"Q3 results (final).pptx", ""},
      {"50% off.pdf", ""},
      {"a&b.pdf", ""},
      {"it's.txt", ""},
      {"data.csv", ""},
      {"cert.crt", ""},
      {"backup.sql", ""},
      {"script.py", ""},
      {"Stra\xC3\x9F"
       "e.pdf",
       ""},
      {"\xD0\xBE\xD1\x82\xD1\x87\xD1\x91\xD1\x82.doc", ""},
      {"\xE8\xAB\x8B\xE6\xB1\x82\xE6\x9B\xB8.pdf", ""},
      {"\xD7\x93\xD7\x95\xD7\x97.pdf", ""},
      {"r\xE9sum\xE9.pdf", ""},
      {"caf\xC3\xA9.txt", ""},
      {"a.mp3", ""},
      {"a.dwg", ""},
      {"v1.2.3", ""},
      {"1.2.840.113619.dcm", ""},
      {"a.exe.bad", ""},
      {"invoice (a.exe).pdf", ""},
  };
  return all;
}

TEST(NameRule, ReadsNamesAsEverySystemWould) {
  const NameRule rule;
  for (const auto& row : rows()) {
    EXPECT_EQ(rule.match(row.name).value_or(""), row.match) << testing::PrintToString(row.name);
  }
  EXPECT_GT(rows().size(), 200U);
}

/// Every way to write an extension, for every extension.
TEST(NameRule, KnowsAllOfItsExtensionsInEveryDisguise) {
  const NameRule rule;
  for (const auto extension : kBadExtensions) {
    const std::string e(extension);
    std::string wide;
    for (const char c : e) {
      const auto code = 0xFF01 + static_cast<unsigned char>(c) - 0x21;
      wide += static_cast<char>(0xE0 | (code >> 12));
      wide += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      wide += static_cast<char>(0x80 | (code & 0x3F));
    }
    for (const auto& name : {"x." + e, "x.pdf." + e + " . ", "x." + wide, "x%2e" + e, "x." + e + "\0.txt"s,
                             "x." + e + "::$DATA", "d/x." + e + "/", "x.\xE2\x80\x8B" + e}) {
      EXPECT_EQ(rule.match(name).value_or("none"), e) << name;
    }
    EXPECT_EQ(rule.match("x." + e + ".bad"), std::nullopt);
  }
}

TEST(NameRule, TakesExtensionsAsTheyAreWritten) {
  const std::array<std::string, 4> given = {" .FOO ", "*.bar", "tar.exe", ""};
  const NameRule rule(given);
  EXPECT_EQ(rule.match("a.foo"), "foo");
  EXPECT_EQ(rule.match("a.Bar"), "bar");
  EXPECT_EQ(rule.match("a.tar.exe"), "tar.exe");
  EXPECT_EQ(rule.match("a.tar.exe..  "), "tar.exe");
  EXPECT_EQ(rule.match("a.exe"), std::nullopt);
  EXPECT_EQ(rule.match("a"), std::nullopt);
  EXPECT_EQ(rule.match("a."), std::nullopt);
}

TEST(HarmlessName, IsHarmless) {
  const NameRule rule;
  for (const auto& row : rows()) {
    const auto name = harmless_name(row.name);
    EXPECT_EQ(rule.match(name), std::nullopt) << testing::PrintToString(row.name);
    if (name.size() <= 120) EXPECT_EQ(harmless_name(name), name + ".bad");
    EXPECT_LE(name.size(), 124U);
  }
}

}  // namespace
}  // namespace p3scan::attach
