// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/tls_mode.h"

#include <gtest/gtest.h>

#include "session/bypass.h"
#include "session/tls_memory.h"

namespace p3scan::session {
namespace {

using config::TlsMode;
using Spoken = PortRole::Spoken;

struct ModeCase {
  std::uint16_t port;
  TlsMode without_ca;
  TlsMode with_ca;
};

TEST(TlsModeTest, FollowsPortConfigurationAndCa) {
  config::Config config;
  config.tls = {{587, TlsMode::pass}, {993, TlsMode::refuse}, {110, TlsMode::intercept}, {1995, TlsMode::legacy}};
  constexpr ModeCase kCases[] = {
      {995, TlsMode::legacy, TlsMode::intercept},  // sslport
      {465, TlsMode::refuse, TlsMode::intercept}, {25, TlsMode::refuse, TlsMode::intercept},
      {143, TlsMode::refuse, TlsMode::intercept}, {4711, TlsMode::refuse, TlsMode::intercept},
      {587, TlsMode::pass, TlsMode::pass},        {993, TlsMode::refuse, TlsMode::refuse},
      {110, TlsMode::refuse, TlsMode::intercept},  // nobody to sign for it
      {1995, TlsMode::legacy, TlsMode::legacy},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(tls_mode(c.port, config, false), c.without_ca) << c.port;
    EXPECT_EQ(tls_mode(c.port, config, true), c.with_ca) << c.port;
  }
  EXPECT_TRUE(may_upgrade(TlsMode::intercept) && may_upgrade(TlsMode::pass));
  EXPECT_FALSE(may_upgrade(TlsMode::legacy) || may_upgrade(TlsMode::refuse));
}

TEST(TlsModeTest, PortsHaveRoles) {
  config::Config config;
  config.emailport = {25, 1025};
  config.sslport = {1995};
  const std::pair<std::uint16_t, PortRole> cases[] = {
      {25, {Spoken::plain, Protocol::smtp}},  {1025, {Spoken::plain, Protocol::smtp}},
      {587, {Spoken::plain, Protocol::smtp}}, {110, {Spoken::plain, Protocol::pop3}},
      {143, {Spoken::plain, Protocol::imap}}, {465, {Spoken::tls, Protocol::smtps}},
      {993, {Spoken::tls, Protocol::imaps}},  {995, {Spoken::tls, Protocol::pop3s}},
      {1995, {Spoken::tls, Protocol::pop3s}}, {4711, {.spoken = Spoken::by_greeting}},
  };
  config.tls = {{4712, TlsMode::legacy}, {4711, TlsMode::intercept}, {25, TlsMode::legacy}};
  EXPECT_EQ(role_of(4712, config), PortRole{.spoken = Spoken::tls});
  for (const auto& [port, role] : cases) EXPECT_EQ(role_of(port, config), role) << port;
  config.imapport = {110};  // the administrator's word counts more than the number
  EXPECT_EQ(role_of(110, config), (PortRole{Spoken::plain, Protocol::imap}));
}

net::Address address(const char* text) { return boost::asio::ip::make_address(text); }

TEST(BypassListTest, FindsTheEntryThatFits) {
  const auto list = BypassList::parse(
      {"Bank.example.net", "*.example.org", "198.51.100.0/24", "2001:db8::/32", "client:192.0.2.7", "client:fd00::/8"});
  ASSERT_TRUE(list) << list.error();
  struct Row {
    const char* client;
    const char* server;
    const char* name;
    const char* entry;
  };
  constexpr Row kRows[] = {
      {"192.0.2.1", "192.0.2.2", "bank.example.net", "Bank.example.net"},
      {"192.0.2.1", "192.0.2.2", "bank.example.net.", "Bank.example.net"},
      {"192.0.2.1", "192.0.2.2", "mail.bank.example.net", ""},
      {"192.0.2.1", "192.0.2.2", "xbank.example.net", ""},
      {"192.0.2.1", "192.0.2.2", "a.b.EXAMPLE.org", "*.example.org"},
      {"192.0.2.1", "192.0.2.2", "example.org", ""},
      {"192.0.2.1", "192.0.2.2", "badexample.org", ""},
      {"192.0.2.1", "192.0.2.2", "", ""},
      {"192.0.2.1", "198.51.100.9", "", "198.51.100.0/24"},
      {"192.0.2.1", "::ffff:198.51.100.9", "x", "198.51.100.0/24"},
      {"::1", "2001:db8::25", "", "2001:db8::/32"},
      {"192.0.2.7", "192.0.2.2", "", "client:192.0.2.7"},
      {"fd00::7", "::1", "", "client:fd00::/8"},
      {"192.0.2.8", "192.0.2.7", "", ""},
  };
  for (const auto& row : kRows)
    EXPECT_EQ(list->find(address(row.client), address(row.server), row.name), row.entry) << row.name << row.server;
  EXPECT_FALSE(BypassList::parse({"client:host.example"}));
  EXPECT_FALSE(BypassList::parse({"192.0.2.0/33"}));
  EXPECT_EQ(BypassList().find(address("::1"), address("::1"), "x"), "");
}

TEST(TlsMemoryTest, CountsForgetsAndIsBounded) {
  TlsMemory memory(3);
  const TlsMemory::Clock::time_point start{};
  EXPECT_EQ(memory.rejected("c", "s", start), 1U);
  EXPECT_EQ(memory.rejected("c", "s", start), 2U);
  EXPECT_FALSE(memory.rejects("c", "s", start));
  EXPECT_EQ(memory.rejected("c", "s", start), 3U);
  EXPECT_TRUE(memory.rejects("c", "s", start));
  EXPECT_FALSE(memory.rejects("d", "s", start) || memory.rejects("c", "t", start));
  EXPECT_TRUE(memory.rejects("c", "s", start + TlsMemory::kLifetime));
  EXPECT_FALSE(memory.rejects("c", "s", start + TlsMemory::kLifetime + std::chrono::seconds(1)));
  EXPECT_EQ(memory.rejected("c", "s", start + 2 * TlsMemory::kLifetime), 1U);

  memory.accepted("c", "s");
  EXPECT_EQ(memory.size(), 0U);

  memory.insists_on_client_certificate("s", start);
  EXPECT_TRUE(memory.wants_client_certificate("s", start));
  memory.rejected("c", "1", start);
  memory.rejected("c", "2", start);
  memory.insists_on_client_certificate("s", start);  // heard of again: "1" is the oldest now
  memory.rejected("c", "3", start);
  EXPECT_EQ(memory.size(), 3U);
  EXPECT_TRUE(memory.wants_client_certificate("s", start));
  EXPECT_EQ(memory.rejected("c", "2", start), 2U);
  EXPECT_EQ(memory.rejected("c", "1", start), 1U);
}

}  // namespace
}  // namespace p3scan::session
