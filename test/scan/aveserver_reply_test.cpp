// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/aveserver_reply.h"

#include <gtest/gtest.h>

#include "scan/trophie_reply.h"

namespace p3scan::scan {
namespace {

Verdict infected(std::string name) { return Infected{.name = std::move(name), .engine = "avpd_new"}; }
Verdict unexpected(std::string line) { return Failed{"avpd_new: unexpected reply: " + std::move(line)}; }

std::optional<Verdict> decode(std::string_view octets, std::size_t piece) {
  AveserverReader reader("/m/x", "avpd_new");
  std::optional<Verdict> verdict;
  for (std::size_t at = 0; at < octets.size() && !verdict; at += piece) {
    reader.add(octets.substr(at, piece));
    verdict = reader.answer();
  }
  return verdict;
}

TEST(AveserverReply, Rows) {
  struct Row {
    std::string octets;
    std::optional<Verdict> expected;
  };
  using namespace std::string_literals;
  const Row rows[] = {
      {"220 OK\r\n", Clean{}},
      {"200 \r\n", Clean{}},
      {"220 OK\n", Clean{}},
      {"\0"
       "220 OK\r\n"s,
       Clean{}},
      {"320-/m/x ok\r\n220 OK\r\n", Clean{}},
      {"322-/m/x infected: EICAR-Test-File\r\n220 OK\r\n", infected("EICAR-Test-File")},
      {"322-/m/x infected: A\r\n322-/m/x infected: B\r\n220 OK\r\n", infected("A & B")},
      {"322 /m/x infected: A\r\n", infected("A")},
      {"222 /m/x infected: A\r\n", infected("A")},
      {"322-\r\n220 OK\r\n", infected(std::string(kUnnamedVirus))},
      {"322-/m/x infected: A\r\n500 broken\r\n", infected("A")},
      {"500 broken\r\n", unexpected("500 broken")},
      {"552 broken\r\n", unexpected("552 broken")},
      {"552-broken\r\n220 OK\r\n", unexpected("552-broken")},
      {"320 \r\n", unexpected("320 ")},
      {"324-/m/x corrupted\r\n220 OK\r\n", unexpected("324-/m/x corrupted")},
      {"221 OK\r\n", unexpected("221 OK")},
      {"OK\r\n", unexpected("OK")},
      {"\r\n", unexpected("")},
      {"2200 OK\r\n", unexpected("2200 OK")},
      {"220", std::nullopt},
      {"220 OK\r", std::nullopt},
      {"320-/m/x\r\n", std::nullopt},
  };
  for (const auto& row : rows) {
    for (const std::size_t piece : {row.octets.size(), std::size_t{1}, std::size_t{3}}) {
      EXPECT_EQ(decode(row.octets, piece), row.expected) << row.octets;
    }
  }
}

TEST(AveserverReply, EndlessReplies) {
  EXPECT_EQ(decode(std::string(100'000, '2'), 1000), Verdict(Failed{"avpd_new: an endless reply"}));
  std::string lines;
  for (int i = 0; i < 20'000; ++i) lines += "320-x\r\n";
  EXPECT_EQ(decode(lines, 1000), Verdict(Failed{"avpd_new: an endless reply"}));
}

TEST(AveserverReply, OneAnswerAfterTheOther) {
  AveserverReader reader("/m/x", "avpd_new");
  reader.add("201 aveserver ready\r\n322-/m/x infected: A\r\n220 OK\r\n220 OK\r\n");
  EXPECT_EQ(reader.line(), "201 aveserver ready");
  EXPECT_EQ(reader.answer(), infected("A"));
  EXPECT_EQ(reader.answer(), Verdict(Clean{}));
  EXPECT_EQ(reader.answer(), std::nullopt);
}

TEST(AveserverReply, Request) {
  EXPECT_EQ(aveserver_request("/m/x"), std::string("SCAN xmQPRSTUWabcdefghi /m/x\r\n") + '\0');
}

TEST(TrophieReply, Rows) {
  struct Row {
    std::string_view reply;
    Verdict expected;
  };
  const auto virus = [](std::string name) { return Infected{.name = std::move(name), .engine = "sophie"}; };
  const auto failed = [](std::string_view why) { return Failed{"sophie: " + std::string(why)}; };
  const Row rows[] = {
      {"0", Clean{}},
      {"0\n", Clean{}},
      {"0\r\n", Clean{}},
      {std::string_view("0\0", 2), Clean{}},
      {"1:EICAR-AV-Test\n", virus("EICAR-AV-Test")},
      {"1:EICAR-AV-Test", virus("EICAR-AV-Test")},
      {"1:A\nB\n", virus("A")},
      {"1: A \n", virus("A")},
      {"1:a\x02"
       "b\n",
       virus("a?b")},
      {"1", virus(std::string(kUnnamedVirus))},
      {"1:\n", virus(std::string(kUnnamedVirus))},
      {"10", virus(std::string(kUnnamedVirus))},
      {"-1\n", failed("-1")},
      {"-1:no such file\n", failed("-1:no such file")},
      {"", failed("no reply")},
      {"\n", failed("no reply")},
      {"0:", failed("0:")},
      {"00", failed("00")},
      {" 0", failed(" 0")},
      {"0 \n", failed("0 ")},
      {"0\n1:X\n", failed("0?1:X")},
      {"2", failed("2")},
      {"OK", failed("OK")},
  };
  for (const auto& row : rows) EXPECT_EQ(decode_trophie_reply(row.reply, "sophie"), row.expected) << row.reply;
}

}  // namespace
}  // namespace p3scan::scan
