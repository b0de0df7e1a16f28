// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "attach/magic.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace p3scan::attach {
namespace {

using namespace std::string_literals;

/// A compound file whose directory is in sector `sector` and whose root entry has the class of which these are the
/// first two octets.
std::string compound(unsigned sector, const std::string& class_id) {
  std::string file = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"s + std::string(22, '\0') + "\x09\x00"s + std::string(16, '\0');
  file += static_cast<char>(sector);
  file.resize((sector + 1) * 512, '\0');
  file += "R\0o\0o\0t\0 \0E\0n\0t\0r\0y\0"s;
  file.resize(((sector + 1) * 512) + 80, '\0');
  return file + class_id + std::string(400, '\0');
}

std::string wide(const std::string& text) {
  std::string out = "\xFF\xFE";
  for (const char c : text) out += {c, '\0'};
  return out;
}

struct Row {
  std::string start;
  std::string kind;
};

const std::vector<Row>& rows() {
  static const auto tail = "\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46"s;
  static const std::vector<Row> all = {
      {"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0"s, "a Windows program"},
      {"ZM\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0"s, "a Windows program"},
      {"MZ is a region of old.\r\n\tDear reader,\r\n", ""},
      {"MZ", ""},
      {"\x7f"
       "ELF\x02\x01\x01\0"s,
       "a Linux program"},
      {"\x7f"
       "ELF\x01\x02\x01\0"s,
       "a Linux program"},
      {"\x7f"
       "ELF\0\0"s,
       ""},
      {"\x7f"
       "ELF",
       ""},
      {"\xFE\xED\xFA\xCE\0\0\0\x07"s, "a macOS program"},
      {"\xCF\xFA\xED\xFE\x07\0\0\x01"s, "a macOS program"},
      {"\xCA\xFE\xBA\xBE\0\0\0\x02"s, "a macOS program"},
      {"\xCA\xFE\xBA\xBE\0\0\0\x34"s, "a Java program"},
      {"\xCA\xFE\xBA\xBE\0\x03\0\x2D"s, "a Java program"},
      {"\xCA\xFE\xBA\xBE"s, ""},
      {compound(0, "\x84\x10\x0C"s + tail), "an installation package of Windows"},
      {compound(7, "\x86\x10\x0C"s + tail), "an installation package of Windows"},
      {compound(3, "\x06\x09\x02"s + tail), ""},  // a Word document
      {compound(3, "\x84\x10\x0C"s), ""},
      {compound(0, "").substr(0, 60), ""},
      {"\x4C\0\0\0\x01\x14\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46\x9B"s, "a shortcut of Windows"},
      {"\x4C\0\0\0\x01\x14\x02\0"s, ""},
      {"MSCF\0\0\0\0\x10"s, "a cabinet of Windows"},
      {"MSCF is a name", ""},
      {"ITSF\x03\0\0\0"s, "compiled help of Windows"},
      {"#@~^abcdef", "an encoded script of Windows"},
      {"dex\n035\0"s, "an Android program"},
      {"dex\nabc\0"s, ""},
      {std::string(0x171, '\0') + "MICROSOFT PIFEX\0"s, "a shortcut of Windows"},
      {"#!/bin/sh\n", "a script"},
      {"#! /usr/bin/env python\n", "a script"},
      {"\xEF\xBB\xBF#!/bin/sh\n", "a script"},
      {"#!shebang\n", ""},
      {"#!", ""},
      {"# a title\n", ""},
      {"@echo off\r\n", "a batch file of Windows"},
      {"@ECHO OFF\r\n", "a batch file of Windows"},
      {"\r\n  @Echo Off\r\n", "a batch file of Windows"},
      {wide("@echo off\r\n"), "a batch file of Windows"},
      {"[AutoRun]\r\nopen=x.exe", "an autorun file of Windows"},
      {"[InternetShortcut]\r\nURL=file://x", "a shortcut of Windows"},
      {"[Shell]\r\nCommand=2", "a shortcut of Windows"},
      {"[Shell] of an egg", ""},
      {wide("Windows Registry Editor Version 5.00\r\n"), "registry settings of Windows"},
      {"REGEDIT4\r\n", "registry settings of Windows"},
      {"[Desktop Entry]\nExec=sh", "a shortcut of a Linux desktop"},
      {"<html><head><HTA:APPLICATION id=x>", "an HTML application of Windows"},
      {"<html><body>about hta: applications</body>", ""},
      {"see <hta:application in the manual", ""},
      {"<job id=\"x\"><script language=\"VBScript\">", "a script of Windows"},
      {"<?xml version='1.0'?>\n<package>\n<job>\n<script>", "a script of Windows"},
      {"<jobs><job>smith</job></jobs>", ""},
      {"<jobs><script>", ""},
      {"<?XML version=\"1.0\"?><scriptlet>", "a script of Windows"},
      {"<?xml version=\"1.0\"?><PCSettings>", "a shortcut of Windows"},
      {"<jnlp spec=\"1.0+\">", "a Java program"},
      // documents, archives, pictures
      {"", ""},
      {"PK\x03\x04"s, ""},
      {"%PDF-1.7\n", ""},
      {"\x89PNG\r\n\x1a\n", ""},
      {"\xFF\xD8\xFF\xE0", ""},
      {"GIF89a", ""},
      {"{\\rtf1", ""},
      {"Rar!\x1a\x07\0"s, ""},
      {"7z\xBC\xAF\x27\x1C", ""},
      {"\x1F\x8B\x08", ""},
      {"ID3\x04", ""},
      {"From: a@b\r\n", ""},
      {"BM6\0"s, ""},
      {"<!DOCTYPE html><html><script>", ""},
      {"<svg xmlns=\"http://www.w3.org/2000/svg\">", ""},
      {"-----BEGIN CERTIFICATE-----", ""},
      {std::string(9000, '\0'), ""},
      {std::string(9000, '\xFF'), ""},
  };
  return all;
}

TEST(Magic, TellsProgramsFromDocuments) {
  for (const auto& row : rows()) {
    EXPECT_EQ(program_kind(row.start, Content::attachment), row.kind)
        << testing::PrintToString(row.start.substr(0, 64));
  }
}

TEST(Magic, TakesNoTextForAScript) {
  EXPECT_EQ(program_kind("#!/bin/sh\n", Content::text), "");
  EXPECT_EQ(program_kind("@echo off\r\n", Content::text), "");
  EXPECT_EQ(program_kind("MZ\x90\0\x03\0\0\0"s, Content::text), "a Windows program");
}

TEST(Magic, NeverReadsBeyondTheEnd) {
  for (const auto& row : rows()) {
    for (std::size_t n = 0; n < row.start.size() && n < 700; ++n) {
      const std::string part = row.start.substr(0, n);  // a buffer of its own, for the sanitizer
      program_kind(part, Content::attachment);
    }
  }
}

}  // namespace
}  // namespace p3scan::attach
