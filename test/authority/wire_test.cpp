// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/wire.h"

#include <gtest/gtest.h>

#include "authority/support.h"

namespace p3scan::authority {
namespace {

using namespace test;

TEST(Wire, RequestRoundTrip) {
  Request request{.number = 0xfedcba9876543210, .fields = fields()};
  for (const bool trusted : {true, false}) {
    request.fields.trusted = trusted;
    request.fields.not_before = -1;
    const auto packet = encode_request(request);
    ASSERT_TRUE(packet);
    EXPECT_EQ(decode_request(*packet), request);
  }
}

TEST(Wire, EachCutOrLongerRequestIsNone) {
  const auto packet = *encode_request({.number = 1, .fields = fields()});
  for (std::size_t size = 0; size < packet.size(); ++size) EXPECT_FALSE(decode_request(packet.substr(0, size))) << size;
  EXPECT_FALSE(decode_request(packet + '\0'));
}

/// One octet changed is nothing, or a request as good as any: encoded again it is the same.
TEST(Wire, EachChangedOctet) {
  const auto packet = *encode_request({.number = 1, .fields = fields()});
  for (std::size_t place = 0; place < packet.size(); ++place)
    for (const int change : {0x01, 0x80, 0xff}) {
      auto changed = packet;
      changed[place] = static_cast<char>(changed[place] ^ change);
      if (const auto request = decode_request(changed)) EXPECT_EQ(encode_request(*request), changed);
    }
}

TEST(Wire, TrustedIsOneOrZero) {
  auto packet = *encode_request({.number = 1, .fields = fields()});
  packet[8] = 2;
  EXPECT_FALSE(decode_request(packet));
}

struct BadRow {
  const char* what;
  void (*spoil)(LeafFields&);
};

const BadRow kBad[] = {
    {"no key", [](LeafFields& f) { f.public_key.clear(); }},
    {"compressed key", [](LeafFields& f) { f.public_key[0] = 2; }},
    {"longer key", [](LeafFields& f) { f.public_key += 'x'; }},
    {"ends before it begins", [](LeafFields& f) { f.not_after = f.not_before - 1; }},
    {"beyond year 9999", [](LeafFields& f) { f.not_after = INT64_MAX; }},
    {"before year 1", [](LeafFields& f) { f.not_before = INT64_MIN; }},
    {"too many fields", [](LeafFields& f) { f.subject.resize(kMaxSubject + 1, {Attribute::organization, "x"}); }},
    {"too many names", [](LeafFields& f) { f.names.resize(kMaxNames + 1, "a.example"); }},
    {"too many addresses", [](LeafFields& f) { f.addresses.resize(kMaxAddresses + 1, "1234"); }},
    {"unknown attribute", [](LeafFields& f) { f.subject.push_back({static_cast<Attribute>(7), "x"}); }},
    {"attribute 0", [](LeafFields& f) { f.subject.push_back({static_cast<Attribute>(0), "x"}); }},
    {"long value", [](LeafFields& f) { f.subject.push_back({Attribute::organization, std::string(65, 'x')}); }},
    {"empty value", [](LeafFields& f) { f.subject.push_back({Attribute::organization, ""}); }},
    {"NUL",
     [](LeafFields& f) { f.subject.push_back({Attribute::common_name, std::string("bank.example\0.evil", 18)}); }},
    {"line end", [](LeafFields& f) { f.subject.push_back({Attribute::common_name, "a\nb"}); }},
    {"C1", [](LeafFields& f) { f.subject.push_back({Attribute::common_name, "a\u0085b"}); }},
    {"not UTF-8", [](LeafFields& f) { f.subject.push_back({Attribute::common_name, "a\xff"}); }},
    {"long country", [](LeafFields& f) { f.subject.push_back({Attribute::country, "DEU"}); }},
    {"NUL in a name", [](LeafFields& f) { f.names.push_back(std::string("bank.example\0.evil", 18)); }},
    {"name with a blank", [](LeafFields& f) { f.names.emplace_back("a b"); }},
    {"name with a line end", [](LeafFields& f) { f.names.emplace_back("a.b\n"); }},
    {"name with another extension", [](LeafFields& f) { f.names.emplace_back("a.b,IP:1.2.3.4"); }},
    {"all names", [](LeafFields& f) { f.names.emplace_back("*"); }},
    {"all names of a top level", [](LeafFields& f) { f.names.emplace_back("*.com"); }},
    {"two wildcards", [](LeafFields& f) { f.names.emplace_back("*.*.example.com"); }},
    {"part of a label", [](LeafFields& f) { f.names.emplace_back("a*.example.com"); }},
    {"empty name", [](LeafFields& f) { f.names.emplace_back(""); }},
    {"empty label", [](LeafFields& f) { f.names.emplace_back("a..b"); }},
    {"root", [](LeafFields& f) { f.names.emplace_back("a.b."); }},
    {"long label", [](LeafFields& f) { f.names.push_back(std::string(64, 'a') + ".b"); }},
    {"long name",
     [](LeafFields& f) {
       for (std::string n = "a"; f.names.back().size() < 254; n += ".a") f.names = {n};
     }},
    {"address of 5", [](LeafFields& f) { f.addresses.emplace_back("12345"); }},
    {"empty address", [](LeafFields& f) { f.addresses.emplace_back(""); }},
    {"nobody",
     [](LeafFields& f) {
       f.subject.clear();
       f.names.clear();
       f.addresses.clear();
     }},
};

/// Not encoded, and what encodes it all the same is not decoded; nor minted.
TEST(Wire, RefusesFieldsThatBreakTheRules) {
  for (const auto& row : kBad) {
    auto spoiled = fields();
    row.spoil(spoiled);
    EXPECT_FALSE(check(spoiled)) << row.what;
    EXPECT_FALSE(encode_request({.number = 1, .fields = spoiled})) << row.what;
    EXPECT_FALSE(mint(plain_ca(), spoiled, kNow)) << row.what;
  }
}

TEST(Wire, TheLargestCertificateFits) {
  auto largest = fields();
  largest.names.assign(kMaxNames, std::string(60, 'a') + ".example.com");
  largest.addresses.assign(kMaxAddresses, std::string(16, 'x'));
  largest.subject.assign(kMaxSubject, {Attribute::state, std::string(128, 's')});
  const auto packet = encode_request({.number = 1, .fields = largest});
  ASSERT_TRUE(packet);
  ASSERT_TRUE(decode_request(*packet));
  const auto der = mint(plain_ca(), largest, kNow);
  ASSERT_TRUE(der) << der.error();
  EXPECT_LE(encode_answer({.number = 1, .kind = Answered::certificate, .text = *der}).size(), kMaxWire);
}

TEST(Wire, OversizedIsNotEncoded) {
  auto large = fields();
  std::string name;
  while (name.size() < 240) name += std::string(9, 'a') + ".";
  large.names.assign(kMaxNames, name + "b");
  ASSERT_TRUE(check(large));
  EXPECT_FALSE(encode_request({.number = 1, .fields = large}));
}

TEST(Wire, AnswerRoundTrip) {
  for (const auto& answer : {Answer{.number = 7, .kind = Answered::certificate, .text = std::string("\x30\x00z", 3)},
                             Answer{.number = 1, .kind = Answered::refused, .text = "no"},
                             Answer{.number = 0, .kind = Answered::busy, .text = ""}})
    EXPECT_EQ(decode_answer(encode_answer(answer)), answer);
}

TEST(Wire, BadAnswers) {
  for (const auto& packet : {std::string(), std::string(8, '\0'), std::string(9, '\0'), std::string(8, '\0') + '\4',
                             std::string(8, '\0') + '\1', std::string(8, '\0') + '\3' + "x"})
    EXPECT_FALSE(decode_answer(packet));
}

TEST(Wire, Greeting) {
  const Greeting greeting{.trusted = "one", .untrusted = "two"};
  const auto packet = encode_greeting(greeting);
  EXPECT_EQ(decode_greeting(packet), greeting);
  for (std::size_t size = 0; size < packet.size(); ++size) EXPECT_FALSE(decode_greeting(packet.substr(0, size)));
  EXPECT_FALSE(decode_greeting(packet + "x"));
  EXPECT_FALSE(decode_greeting(encode_greeting({.trusted = "", .untrusted = "x"})));
}

}  // namespace
}  // namespace p3scan::authority
