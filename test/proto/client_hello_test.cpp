// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/client_hello.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/hello_builder.h"
#include "support/chunks.h"

namespace p3scan::proto {
namespace {

using test::Hello;

/// What a connection that gets one octet after the other finds out, and after how many.
struct Found {
  Result<ClientHello, HelloError> result = fail(HelloError::need_more);
  std::size_t after = 0;
};
Found trickle(std::string_view wire, std::size_t step) {
  Found found;
  while (found.after < wire.size()) {
    found.after = std::min(wire.size(), found.after + step);
    found.result = parse_client_hello(wire.substr(0, found.after));
    if (found.result || found.result.error() == HelloError::not_tls) break;
  }
  return found;
}

struct Case {
  const char* name;
  std::string wire;
  ClientHello hello;
};

const std::string kTls13 = Hello::versions({0x0304, 0x0303});

const Case kGood[] = {
    {"bare", Hello().wire(), {.highest = 0x0303}},
    {"tls10", Hello{.version = 0x0301}.wire(), {.highest = 0x0301}},
    {"ssl3", Hello{.version = 0x0300}.wire(), {.highest = 0x0301}},
    {"name",
     Hello{.extensions = Hello::name("MX.Example.NET")}.wire(),
     {.server_name = "mx.example.net", .highest = 0x0303}},
    {"tls13", Hello{.extensions = kTls13}.wire(), {.lowest = 0x0303, .highest = 0x0304}},
    {"only_tls13", Hello{.extensions = Hello::versions({0x0304})}.wire(), {.lowest = 0x0304, .highest = 0x0304}},
    {"greased",
     Hello{.extensions = Hello::versions({0x5a5a, 0x0304, 0x0303, 0x7f1c}) + Hello::extension(0x1a1a, "")}.wire(),
     {.lowest = 0x0303, .highest = 0x0304}},
    {"alpn", Hello{.extensions = Hello::alpn({"imap", "x"})}.wire(), {.alpn = {"imap", "x"}, .highest = 0x0303}},
    {"all",
     Hello{.extensions = Hello::name("a.b") + Hello::alpn({"pop3"}) + kTls13}.wire(),
     {.server_name = "a.b", .alpn = {"pop3"}, .lowest = 0x0303, .highest = 0x0304}},
    {"other_name_types",
     Hello{.extensions = Hello::extension(0, Hello::sized(2, "\x05" + Hello::sized(2, "?")))}.wire(),
     {.highest = 0x0303}},
    {"tiny_records", Hello{.extensions = Hello::name("a.b")}.wire(1), {.server_name = "a.b", .highest = 0x0303}},
    {"two_records", Hello{.extensions = Hello::name("a.b")}.wire(60), {.server_name = "a.b", .highest = 0x0303}},
    {"a_full_record",
     Hello{.extensions = Hello::name("a.b") + Hello::extension(21, std::string(16000, '\0'))}.wire(),
     {.server_name = "a.b", .highest = 0x0303}},
    {"more_than_a_record",
     Hello{.extensions = Hello::extension(21, std::string(17000, '\0'))}.wire(),
     {.highest = 0x0303}},
};

TEST(ClientHelloTest, IsReadInAnyChunks) {
  for (const auto& c : kGood) {
    SCOPED_TRACE(c.name);
    for (const auto step : p3scan::test::kChunkSizes) {
      if (step == 2 || step == 3) continue;
      const auto found = trickle(c.wire, step);
      ASSERT_TRUE(found.result);
      EXPECT_EQ(*found.result, c.hello);
      EXPECT_EQ(found.after, c.wire.size());
    }
  }
}

TEST(ClientHelloTest, NothingButItselfIsTls) {
  const auto good = Hello{.extensions = Hello::name("a.b")}.wire();
  const Case bad[] = {
      {"pop3", "USER alice\r\n", {}},
      {"http", "GET / HTTP/1.1\r\n", {}},
      {"sslv2", std::string("\x80\x2e\x01\x03\x01\x00\x15", 7), {}},
      {"alert", std::string("\x15\x03\x01\x00\x02\x02\x28", 7), {}},
      {"empty_record", std::string("\x16\x03\x01\x00\x00", 5), {}},
      {"huge_record", std::string("\x16\x03\x01\x40\x01", 5), {}},
      {"version_5", std::string("\x16\x03\x05", 3), {}},
      {"server_hello", std::string("\x16\x03\x01\x00\x04\x02\x00\x00\x10", 9), {}},
      {"huge_message", std::string("\x16\x03\x01\x00\x04\x01\xff\xff\xff", 9), {}},
      {"http_later", good.substr(0, 60) + "GET / HTTP/1.1\r\n", {}},
      {"something_behind", Hello{.behind = "\x01"}.wire(), {}},
      {"blank_in_name", Hello{.extensions = Hello::name("a b")}.wire(), {}},
      {"line_in_name", Hello{.extensions = Hello::name("a\nb")}.wire(), {}},
      {"empty_name", Hello{.extensions = Hello::name("")}.wire(), {}},
      {"dot_first", Hello{.extensions = Hello::name(".example.net")}.wire(), {}},
      {"two_names", Hello{.extensions = Hello::name("a.b") + Hello::name("c.d")}.wire(), {}},
      {"long_name", Hello{.extensions = Hello::name(std::string(256, 'a'))}.wire(), {}},
      {"empty_protocol", Hello{.extensions = Hello::alpn({""})}.wire(), {}},
      {"extension_too_long", Hello{.extensions = std::string("\x00\x00\x00\x09\x00", 5)}.wire(), {}},
      {"list_too_short", Hello{.extensions = Hello::extension(16, std::string("\x00\x01\x01x", 4))}.wire(), {}},
      {"no_suites", Hello{.suites = ""}.wire(), {}},
      {"half_a_suite", Hello{.suites = "abc"}.wire(), {}},
      {"long_session", Hello{.session = std::string(33, 's')}.wire(), {}},
  };
  for (const auto& c : bad) {
    SCOPED_TRACE(c.name);
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20U}) {
      const auto found = trickle(c.wire, step);
      ASSERT_FALSE(found.result);
      EXPECT_EQ(found.result.error(), HelloError::not_tls);
    }
  }
}

TEST(ClientHelloTest, EndsSomewhere) {
  const auto endless = Hello{.extensions = Hello::extension(21, std::string(30000, '\0'))}.wire();
  const auto found = trickle(endless, 100);
  EXPECT_FALSE(found.result);
  EXPECT_LE(found.after, kLongestHello + 100);
  // Records of an octet each multiply what is sent.
  const auto padded = trickle(Hello{.extensions = Hello::extension(21, std::string(12000, '\0'))}.wire(1), 100);
  ASSERT_FALSE(padded.result);
  EXPECT_EQ(padded.result.error(), HelloError::not_tls);
  EXPECT_LE(padded.after, kLongestHello + 100);
}

TEST(ClientHelloTest, VersionsHaveNames) {
  EXPECT_EQ(tls_version_name(0x0304), "TLSv1.3");
  EXPECT_EQ(tls_version_name(0x0300), "SSLv3");
  EXPECT_EQ(tls_version_name(0x1234), "an unknown version");
}

}  // namespace
}  // namespace p3scan::proto
