// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/rules/iptables.h"
#include "app/rules/nft.h"
#include "app/rules/steps.h"

namespace p3scan::app::rules {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr uid_t kDaemon = 8;

Interception planned(const config::Config& config, const Request& request) {
  auto wanted = plan(config, request, kDaemon);
  EXPECT_TRUE(wanted) << (wanted ? "" : wanted.error());
  return wanted.value_or(Interception{});
}

TEST(Interface, Names) {
  struct Row {
    std::string_view name;
    bool good;
  };
  constexpr Row rows[] = {
      {"eth1", true},      {"br-lan.100", true}, {"wg_0", true},  {"veth@if2", true}, {"exactly15octets", true},
      {"", false},         {".", false},         {"..", false},   {"-t", false},      {"16octets16octets", false},
      {"eth1;id", false},  {"eth 1", false},     {"a/b", false},  {"eth\"1", false},  {"eth1\n", false},
      {"eth$(id)", false}, {"eth*", false},      {"eth+", false}, {"\xC3\xA4", false}};
  for (const auto& row : rows) EXPECT_EQ(valid_interface(row.name), row.good) << row.name;
}

TEST(Plan, PortsOfTheConfiguration) {
  struct Row {
    const char* name;
    std::vector<std::uint16_t> emailport;
    std::vector<std::uint16_t> asked;
    std::vector<std::uint16_t> expected;
  };
  const Row rows[] = {{"defaults", {25}, {}, {25, 110, 143}},
                      {"several", {587, 25, 2525}, {}, {25, 110, 143, 587, 2525}},
                      {"each once", {110, 25, 25}, {}, {25, 110, 143}},
                      {"asked for", {25}, {1110, 26}, {26, 1110}}};
  for (const auto& row : rows) {
    config::Config config;
    config.emailport = row.emailport;
    EXPECT_EQ(planned(config, {.interfaces = {"eth1"}, .ports = row.asked}).ports, row.expected) << row.name;
  }
  config::Config config;
  config.imapport = {1143};
  config.sslport = {995, 1995};
  using Ports = std::vector<std::uint16_t>;
  EXPECT_EQ(planned(config, {.interfaces = {"eth1"}, .can_sign = true}).ports,
            (Ports{25, 110, 465, 587, 993, 995, 1143, 1995}));
  config.tls = {{995, config::TlsMode::legacy}, {993, config::TlsMode::refuse}};
  EXPECT_EQ(planned(config, {.interfaces = {"eth1"}}).ports, (Ports{25, 110, 993, 995, 1143}));
}

TEST(Plan, Addresses) {
  struct Row {
    const char* name;
    std::vector<std::string> ip;
    bool tproxy;
    std::optional<std::string> ipv4;
    std::optional<std::string> ipv6;
  };
  const Row rows[] = {
      {"everywhere", {}, false, "", ""},
      {"IPv4 alone", {"0.0.0.0"}, false, "", std::nullopt},
      {"IPv6 alone", {"::"}, false, std::nullopt, ""},
      {"one address", {"192.0.2.1"}, false, "192.0.2.1", std::nullopt},
      {"the first of each", {"2001:db8::1", "192.0.2.1", "192.0.2.2"}, false, "192.0.2.1", "2001:db8::1"},
      {"no packet comes to loopback", {"127.0.0.1", "192.0.2.1"}, false, "192.0.2.1", std::nullopt},
      {"but with TPROXY", {"127.0.0.1", "::1"}, true, "127.0.0.1", "::1"}};
  for (const auto& row : rows) {
    config::Config config;
    config.ip = row.ip;
    config.tproxy = row.tproxy;
    const auto wanted = planned(config, {.interfaces = {"eth1"}});
    EXPECT_EQ(wanted.ipv4, row.ipv4) << row.name;
    EXPECT_EQ(wanted.ipv6, row.ipv6) << row.name;
  }
}

TEST(Plan, Refusals) {
  config::Config loopback;
  loopback.ip = {"127.0.0.1", "::1"};
  struct Row {
    const char* said;
    config::Config config;
    Request request;
    std::optional<uid_t> daemon = kDaemon;
  };
  const Row rows[] = {{"name the interface", {}, {}},
                      {"can't be the name", {}, {.interfaces = {"eth1", "x y"}}},
                      {"no user 'mail'", {}, {.local = true}, std::nullopt},
                      {"is the gateway's own", {}, {.interfaces = {"eth1"}, .ports = {25, 8110}}},
                      {"no address", loopback, {.interfaces = {"eth1"}}}};
  for (const auto& row : rows) {
    const auto wanted = plan(row.config, row.request, row.daemon);
    ASSERT_FALSE(wanted) << row.said;
    EXPECT_THAT(wanted.error(), HasSubstr(row.said));
  }
}

TEST(Nft, Redirect) {
  const auto wanted = planned({}, {.interfaces = {"eth1", "wlan0"}});
  EXPECT_EQ(nft_rules(wanted),
            "table inet p3scan\n"
            "delete table inet p3scan\n"
            "table inet p3scan {\n"
            "  chain prerouting {\n"
            "    type nat hook prerouting priority dstnat; policy accept;\n"
            "    iifname { \"eth1\", \"wlan0\" } tcp dport { 25, 110, 143 } redirect to :8110\n"
            "  }\n"
            "}\n");
}

TEST(Nft, Statements) {
  config::Config own_addresses;
  own_addresses.ip = {"192.0.2.1", "2001:db8::1"};
  config::Config ipv4;
  ipv4.ip = {"0.0.0.0"};
  struct Row {
    const char* name;
    config::Config config;
    Request request;
    std::vector<std::string> lines;
  };
  const Row rows[] = {
      {"own addresses",
       own_addresses,
       {.interfaces = {"eth1"}},
       {"iifname { \"eth1\" } meta nfproto ipv4 tcp dport { 25, 110, 143 } dnat ip to 192.0.2.1:8110\n",
        "iifname { \"eth1\" } meta nfproto ipv6 tcp dport { 25, 110, 143 } dnat ip6 to [2001:db8::1]:8110\n"}},
      {"one family",
       ipv4,
       {.interfaces = {"eth1"}},
       {"iifname { \"eth1\" } meta nfproto ipv4 tcp dport { 25, 110, 143 } redirect to :8110\n"}},
      {"TPROXY",
       {},
       {.interfaces = {"eth1"}, .tproxy = true},
       {"type filter hook prerouting priority mangle",
        "tcp dport { 25, 110, 143 } tproxy to :8110 meta mark set meta mark or 0x200000 accept\n",
        "socket transparent 1 meta mark set meta mark or 0x200000 accept\n"}},
      {"TPROXY to own addresses",
       own_addresses,
       {.interfaces = {"eth1"}, .tproxy = true},
       {"tproxy ip to 192.0.2.1:8110 ", "tproxy ip6 to [2001:db8::1]:8110 "}},
      {"this host",
       {},
       {.local = true},
       {"type nat hook output",
        "oifname \"lo\" accept\n    meta skuid 8 accept\n    tcp dport { 25, 110, 143 } redirect"}},
      {"this host by TPROXY",
       {},
       {.tproxy = true, .local = true},
       {"type route hook output", "iifname \"lo\" meta mark and 0x200000 == 0x200000 tcp dport",
        "meta skuid 8 accept"}}};
  for (const auto& row : rows)
    for (const auto& line : row.lines)
      EXPECT_THAT(nft_rules(planned(row.config, row.request)), HasSubstr(line)) << row.name;
}

TEST(Nft, NothingOfThisHostUnlessAskedFor) {
  for (const bool tproxy : {false, true})
    EXPECT_THAT(nft_rules(planned({}, {.interfaces = {"eth1"}, .tproxy = tproxy})), Not(HasSubstr("output")));
}

TEST(Iptables, Redirect) {
  const auto wanted = planned({}, {.interfaces = {"eth1"}, .local = true});
  EXPECT_EQ(iptables_chains(wanted, Family::ipv4),
            "*nat\n"
            ":P3SCAN - [0:0]\n"
            ":P3SCAN_LOCAL - [0:0]\n"
            "-A P3SCAN -i eth1 -p tcp -m tcp --dport 25 -j REDIRECT --to-ports 8110\n"
            "-A P3SCAN -i eth1 -p tcp -m tcp --dport 110 -j REDIRECT --to-ports 8110\n"
            "-A P3SCAN -i eth1 -p tcp -m tcp --dport 143 -j REDIRECT --to-ports 8110\n"
            "-A P3SCAN_LOCAL -o lo -j RETURN\n"
            "-A P3SCAN_LOCAL -m owner --uid-owner 8 -j RETURN\n"
            "-A P3SCAN_LOCAL -p tcp -m tcp --dport 25 -j REDIRECT --to-ports 8110\n"
            "-A P3SCAN_LOCAL -p tcp -m tcp --dport 110 -j REDIRECT --to-ports 8110\n"
            "-A P3SCAN_LOCAL -p tcp -m tcp --dport 143 -j REDIRECT --to-ports 8110\n"
            "COMMIT\n");
}

TEST(Iptables, AddressesByFamily) {
  config::Config config;
  config.ip = {"2001:db8::1"};
  const auto redirect = planned(config, {.interfaces = {"eth1"}});
  EXPECT_THAT(iptables_chains(redirect, Family::ipv6), HasSubstr("-j DNAT --to-destination [2001:db8::1]:8110\n"));
  EXPECT_THAT(iptables_chains(redirect, Family::ipv4), Not(HasSubstr("-A")));
  const auto tproxy = planned(config, {.interfaces = {"eth1"}, .tproxy = true});
  EXPECT_THAT(iptables_chains(tproxy, Family::ipv6),
              HasSubstr("-j TPROXY --on-port 8110 --on-ip 2001:db8::1 --tproxy-mark 0x200000/0x200000\n"));
  EXPECT_THAT(iptables_chains(tproxy, Family::ipv6), HasSubstr("-m socket --transparent -j ACCEPT\n"));
  EXPECT_THAT(iptables_chains(tproxy, Family::ipv4), Not(HasSubstr("-A")));
}

TEST(Steps, EachIsRepeatable) {
  // What adds or deletes is asked about first; what replaces needs no question.
  const auto wanted = planned({}, {.interfaces = {"eth1"}, .tproxy = true, .local = true});
  for (const auto tool : {Tool::nft, Tool::iptables}) {
    auto steps = steps_to_apply(tool, wanted, true);
    for (auto& step : steps_to_remove(tool, true)) steps.push_back(step);
    for (const auto& step : steps) {
      const bool replaces = !step.input.empty() || (step.words[2] == "route" && step.words[3] == "replace");
      EXPECT_EQ(step.question.words.empty(), replaces) << step.words[0] << ' ' << step.words[2];
    }
  }
}

TEST(Steps, WithoutIpv6) {
  const auto wanted = planned({}, {.interfaces = {"eth1"}, .tproxy = true});
  for (const auto tool : {Tool::nft, Tool::iptables})
    for (const auto& steps : {steps_to_apply(tool, wanted, false), steps_to_remove(tool, false)})
      for (const auto& step : steps) {
        EXPECT_THAT(step.words[0], Not(StartsWith("ip6")));
        EXPECT_NE(step.words[1], "-6");
      }
}

TEST(Steps, AsShellScript) {
  const std::vector<Step> steps = {
      {.words = {"ip", "-4", "route", "replace"}},
      {.words = {"ip", "rule", "add"}, .question = {.words = {"ip", "rule", "list"}, .must_print = true}},
      {.words = {"iptables", "-X", "odd 'name"}, .question = {.words = {"iptables", "-S"}}, .run_if = true},
      {.words = {"nft", "-f", "-"}, .input = "table\n"}};
  EXPECT_EQ(shell_script({steps[0], steps[1], steps[3]}),
            "ip -4 route replace\n"
            "ip rule list 2>/dev/null | grep -q . || ip rule add\n"
            "nft -f - <<'P3SCAN_END'\ntable\nP3SCAN_END\n");
  EXPECT_EQ(shell_script({steps[2]}), "! iptables -S >/dev/null 2>&1 || iptables -X 'odd '\\''name'\n");
}

TEST(Printed, TellsWhatTproxyNeedsBesides) {
  const auto* const rule = "#   ip -6 rule add priority 8110 fwmark 0x200000/0x200000 lookup 8110\n";
  EXPECT_THAT(printed(Tool::nft, planned({}, {.interfaces = {"eth1"}, .tproxy = true})), HasSubstr(rule));
  EXPECT_THAT(printed(Tool::nft, planned({}, {.interfaces = {"eth1"}})), Not(HasSubstr("rule add")));
}

}  // namespace
}  // namespace p3scan::app::rules
