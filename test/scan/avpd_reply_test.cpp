// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/avpd_reply.h"

#include <gtest/gtest.h>

namespace p3scan::scan {
namespace {

constexpr std::string_view kPath = "/var/spool/p3scan/children/basic.a/m/p3scan.b";

Verdict infected(std::string name) { return Infected{.name = std::move(name), .engine = "avpd"}; }
Verdict failed(std::string why) { return Failed{"avpd: " + std::move(why)}; }

std::string number(std::uint64_t value, std::size_t width, std::endian order) {
  std::string out(width, '\0');
  for (std::size_t i = 0; i < width; ++i) {
    out[order == std::endian::little ? i : width - 1 - i] = static_cast<char>(value >> (8 * i) & 0xffU);
  }
  return out;
}

struct Daemon {
  std::size_t width = 8;  // of its unsigned long
  std::endian order = std::endian::little;
};

std::string reply(int code, const Daemon& daemon, const std::string* text, const std::uint64_t* extra = nullptr) {
  const unsigned flags = (text != nullptr ? 1U : 0U) | (extra != nullptr ? 2U : 0U);
  auto out = number((flags << 8U) | static_cast<unsigned char>('0' + code), 2, daemon.order);
  if (extra != nullptr) out += number(*extra, daemon.width, daemon.order);
  if (text != nullptr) out += number(text->size(), daemon.width, daemon.order) + *text;
  return out;
}

/// The verdict of the octets whole; the same must come of them one by one, and not before the last that matters.
std::optional<Verdict> decode(std::string_view octets, std::endian order = std::endian::little, bool ended = false) {
  const AvpdQuestion question{.path = kPath, .engine = "avpd", .order = order};
  const auto whole = decode_avpd_reply(octets, question, ended);
  std::optional<Verdict> trickled;
  for (std::size_t n = 0; n <= octets.size() && !trickled; ++n) {
    trickled = decode_avpd_reply(octets.substr(0, n), question, ended && n == octets.size());
  }
  EXPECT_EQ(trickled, whole);
  return whole;
}

TEST(AvpdReply, Codes) {
  struct Row {
    int code;
    Verdict expected;
  };
  const Row rows[] = {
      {0, Clean{}},
      {1, failed("the scan did not finish")},
      {2, infected(std::string(kUnnamedVirus))},
      {3, infected(std::string(kUnnamedVirus))},
      {4, infected(std::string(kUnnamedVirus))},
      {5, infected(std::string(kUnnamedVirus))},
      {6, infected(std::string(kUnnamedVirus))},
      {7, failed("the scanner is damaged")},
      {8, Unscannable{"avpd: a corrupted object"}},
      {9, failed("internal error 0x9")},
      {0xf, failed("asks what to do with an infected object")},
      {0x40, failed("internal error 0x40")},
      {0x80, failed("internal error 0x80")},
      {0x84, failed("internal error 0x84")},
      {-1, failed("internal error -0x1")},
  };
  for (const auto& row : rows) {
    for (const auto order : {std::endian::little, std::endian::big}) {
      EXPECT_EQ(decode(reply(row.code, {.width = 8, .order = order}, nullptr), order), row.expected) << row.code;
    }
  }
}

TEST(AvpdReply, NoCodeButZeroIsClean) {
  for (int code = -0x30; code < 0x100 - 0x30; ++code) {
    const auto verdict = decode(reply(code, {}, nullptr));
    ASSERT_TRUE(verdict);
    EXPECT_EQ(std::holds_alternative<Clean>(*verdict), code == 0) << code;
  }
}

TEST(AvpdReply, TextsOfDaemonsOfEitherSize) {
  const auto text = std::string(kPath) + "   infected: EICAR-Test-File";
  for (const std::size_t width : {4U, 8U}) {
    for (const auto order : {std::endian::little, std::endian::big}) {
      const Daemon daemon{.width = width, .order = order};
      EXPECT_EQ(decode(reply(4, daemon, &text), order), infected("EICAR-Test-File")) << width;
      for (const std::uint64_t extra : {0ULL, 1ULL, 300ULL, 0xffffffffULL}) {
        EXPECT_EQ(decode(reply(4, daemon, &text, &extra), order), infected("EICAR-Test-File")) << width << ' ' << extra;
        EXPECT_EQ(decode(reply(0, daemon, nullptr, &extra), order), Verdict(Clean{})) << width << ' ' << extra;
      }
    }
  }
}

TEST(AvpdReply, Names) {
  struct Row {
    std::string text;
    std::string_view name;
  };
  const auto path = std::string(kPath);
  const Row rows[] = {
      {path + "   infected: EICAR-Test-File", "EICAR-Test-File"},
      {path + "\tsuspicion: Type_Win32 ", "Type_Win32"},
      {path + " warning: Virus.X.modified\r\nmore", "Virus.X.modified"},
      {"infected: X", "X"},
      {"X", "X"},
      {path + " odd name: X", "odd name: X"},
      {path + "/part.zip infected: X", "/part.zip infected: X"},
      {path + " infected: a\x01\x7f"
              "b",
       "a??b"},
      {path, kUnnamedVirus},
      {path + " infected:", kUnnamedVirus},
      {"\n" + path, kUnnamedVirus},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(kaspersky_virus_name(row.text, kPath), row.name);
    EXPECT_EQ(decode(reply(4, {}, &row.text)), infected(std::string(row.name)));
  }
}

TEST(AvpdReply, ACleanReplyWithTextIsReadToItsEnd) {
  const auto text = std::string(kPath) + " ok";
  const auto octets = reply(0, {}, &text);
  for (std::size_t n = 0; n < octets.size(); ++n) {
    EXPECT_EQ(decode(octets.substr(0, n)), std::nullopt) << n;
    EXPECT_EQ(decode(octets.substr(0, n), std::endian::little, true), failed("the reply is incomplete")) << n;
  }
  EXPECT_EQ(decode(octets), Verdict(Clean{}));
  const std::string empty;
  EXPECT_EQ(decode(reply(0, {.width = 4}, &empty)), Verdict(Clean{}));
  const auto virus = std::string(kPath) + " infected: X";
  EXPECT_TRUE(std::holds_alternative<Failed>(*decode(reply(0, {}, &virus))));
}

TEST(AvpdReply, AVirusIsOneEvenIfItsNameNeverComes) {
  const auto text = std::string(kPath) + " infected: X";
  const auto octets = reply(4, {}, &text);
  for (std::size_t n = 2; n < octets.size(); ++n) {
    EXPECT_EQ(decode(octets.substr(0, n), std::endian::little, true), infected(std::string(kUnnamedVirus))) << n;
  }
}

TEST(AvpdReply, EndlessTexts) {
  const std::string endless(std::size_t{1} << 20U, 'x');
  EXPECT_EQ(
      decode_avpd_reply(reply(0, {}, &endless), {.path = kPath, .engine = "avpd", .order = std::endian::little}, false),
      failed("the reply is nonsense"));
  EXPECT_EQ(
      decode_avpd_reply(reply(4, {}, &endless), {.path = kPath, .engine = "avpd", .order = std::endian::little}, false),
      infected(std::string(kUnnamedVirus)));
}

TEST(AvpdReply, Request) {
  std::tm when{};
  when.tm_mon = 8;
  when.tm_mday = 7;
  when.tm_hour = 6;
  when.tm_min = 5;
  when.tm_sec = 4;
  EXPECT_EQ(avpd_request("/x y", when), std::string("<0>Sep 07 06:05:04:/x y") + '\0');
}

}  // namespace
}  // namespace p3scan::scan
