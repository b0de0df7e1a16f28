// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "attach/zip_names.h"

#include <gtest/gtest.h>

#include <vector>

namespace p3scan::attach {
namespace {

using namespace std::string_literals;
using Names = std::vector<std::string>;

std::string le16(std::size_t n) { return {static_cast<char>(n & 0xFF), static_cast<char>(n >> 8)}; }

struct Entry {
  std::string name;
  std::string extra = {};
  unsigned flags = 0;
};

std::string local(const Entry& e, const std::string& data = "data") {
  return "PK\x03\x04\x14\0"s + le16(e.flags) + std::string(18, '\0') + le16(e.name.size()) + le16(e.extra.size()) +
         e.name + e.extra + data;
}
std::string central(const Entry& e) {
  return "PK\x01\x02\x14\0\x14\0"s + le16(e.flags) + std::string(18, '\0') + le16(e.name.size()) +
         le16(e.extra.size()) + std::string(14, '\0') + e.name + e.extra;
}
std::string unicode_path(const std::string& name) { return "up"s + le16(5 + name.size()) + "\x01" + "CRC!" + name; }
const std::string kEnd = "PK\x05\x06" + std::string(18, '\0');

struct Read {
  Names names;
  bool encrypted = false;
  bool over_limit = false;
};

Read read(std::string_view archive, std::size_t chunk) {
  Read out;
  ZipNames zip([&](std::string_view name) {
    out.names.emplace_back(name);
    return true;
  });
  for (std::size_t at = 0; at < archive.size(); at += chunk) zip.feed(archive.substr(at, chunk));
  zip.finish();
  out.encrypted = zip.encrypted();
  out.over_limit = zip.over_limit();
  return out;
}

TEST(ZipNames, ReadsBothLists) {
  struct Row {
    std::string archive;
    Names names = {};
    bool encrypted = false;
  };
  const auto nested = local({.name = "in.exe"}) + central({.name = "in.exe"}) + kEnd;
  const std::vector<Row> rows = {
      {local({.name = "a.txt"}) + central({.name = "a.txt"}) + kEnd, {"a.txt", "a.txt"}},
      {local({.name = "a.txt"}) + central({.name = "a.exe"}) + kEnd, {"a.txt", "a.exe"}},  // programs differ
      {local({.name = "a.txt"}) + local({.name = "b.txt"}), {"a.txt", "b.txt"}},           // no central directory
      {"#!sfx" + local({.name = "a.txt"}) + central({.name = "a.txt"}) + kEnd, {"a.txt", "a.txt"}},
      {local({.name = "a.txt"}) + kEnd + "behind" + local({.name = "b.exe"}), {"a.txt", "b.exe"}},
      {local({.name = "a.txt", .flags = 8}, "data PK\x07\x08 sizes") + local({.name = "b"}), {"a.txt", "b"}},
      {local({.name = "d/"}) + local({.name = "d/a.exe"}), {"d/a.exe"}},
      {local({.name = "a.zip"}, nested), {"a.zip", "in.exe", "in.exe"}},  // stored, not compressed
      {local({.name = "a.txt", .extra = unicode_path("b.exe")}), {"a.txt", "b.exe"}},
      {central({.name = "a.txt", .extra = "\x01\0\x02\0zz"s + unicode_path("b.exe")}), {"a.txt", "b.exe"}},
      {local({.name = "a.txt", .extra = "up\x02\0zz"s}), {"a.txt"}},
      {local({.name = "a.txt",
              .extra = "up\xFF\xFF\x01"
                       "CRC!b.exe"}),
       {"a.txt", "b.exe"}},
      {local({.name = "a.txt", .extra = "u"}), {"a.txt"}},
      {local({.name = "a\0b\xFF.exe"s}), {"a\0b\xFF.exe"s}},
      {local({.name = ""}), {}},
      {local({.name = "a.exe", .flags = 1}), {"a.exe"}, true},
      {central({.name = "1", .flags = 0x2041}), {"1"}, true},
      {local({.name = "a.exe"}, "").substr(0, 33), {"a.e"}},  // cut off
      {local({.name = "a.exe"}, "").substr(0, 29), {}},
      {"PK", {}},
      {"P", {}},
      {"", {}},
      {"PKPKPK" + local({.name = "a"}), {"a"}},
      {std::string(300'000, 'P') + local({.name = "a.exe"}), {"a.exe"}},
      {std::string(300'000, 'x') + "P" + local({.name = std::string(65'535, 'n')}), {std::string(2048, 'n')}},
  };
  for (const auto& row : rows) {
    for (const std::size_t chunk : {row.archive.size() + 1, std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
      if (chunk < 100 && row.archive.size() > 10'000) continue;
      const auto got = read(row.archive, chunk);
      EXPECT_EQ(got.names, row.names) << chunk << testing::PrintToString(row.archive.substr(0, 100));
      EXPECT_EQ(got.encrypted, row.encrypted);
      EXPECT_FALSE(got.over_limit);
    }
  }
}

TEST(ZipNames, StopsWhenToldTo) {
  int called = 0;
  ZipNames zip([&](std::string_view) { return ++called < 2; });
  for (int i = 0; i < 10; ++i) zip.feed(local({.name = "a"}, std::string(200'000, 'x')));
  zip.finish();
  EXPECT_EQ(called, 2);
}

TEST(ZipNames, StopsAtTheLimit) {
  std::string archive;
  for (int i = 0; i < 1000; ++i) archive += local({.name = "a"}, "");
  std::size_t called = 0;
  ZipNames zip([&](std::string_view) { return ++called > 0; });
  for (std::size_t i = 0; i < ZipNames::kMaxHeaders / 1000; ++i) zip.feed(archive);
  zip.feed(std::string(200'000, 'x'));
  EXPECT_FALSE(zip.over_limit());
  EXPECT_EQ(called, ZipNames::kMaxHeaders);
  zip.feed(archive);
  zip.finish();
  EXPECT_TRUE(zip.over_limit());
  EXPECT_EQ(called, ZipNames::kMaxHeaders);
}

TEST(ZipNames, KnowsABeginning) {
  for (const auto* start : {"PK\x03\x04", "PK\x05\x06", "PK00PK\x03\x04", "MZ...PK\x03\x04"})
    EXPECT_TRUE(begins_like_zip(start)) << start;
  for (const auto* start : {"", "P", "Rar!", "%PDF PK", "xPK\x01\x02"}) EXPECT_FALSE(begins_like_zip(start)) << start;
}

}  // namespace
}  // namespace p3scan::attach
