// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/rules/nft.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace p3scan::app::rules {
namespace {

// Declared first: to delete what is not there would be an error.
constexpr std::string_view kRemoval = "table inet p3scan\ndelete table inet p3scan\n";

/// Two statements per family that has an address of its own, one for both when the gateway listens everywhere.
struct Target {
  std::string_view match;  // in front of the ports
  std::string_view family;
  std::string address;
};

std::vector<Target> targets(const Interception& wanted) {
  if (wanted.ipv4 == "" && wanted.ipv6 == "") return {{.match = "", .family = "", .address = ""}};
  std::vector<Target> found;
  if (wanted.ipv4) found.push_back({.match = "meta nfproto ipv4 ", .family = "ip", .address = *wanted.ipv4});
  if (wanted.ipv6)
    found.push_back({.match = "meta nfproto ipv6 ",
                     .family = "ip6",
                     .address = wanted.ipv6->empty() ? "" : fmt::format("[{}]", *wanted.ipv6)});
  return found;
}

std::string redirect_to(const Target& target, std::uint16_t port) {
  return target.address.empty() ? fmt::format("redirect to :{}", port)
                                : fmt::format("dnat {} to {}:{}", target.family, target.address, port);
}

std::string tproxy_to(const Target& target, std::uint16_t port) {
  const auto* const blank = target.family.empty() ? "" : " ";
  return fmt::format("tproxy{}{} to {}:{} meta mark set meta mark or {:#x} accept", blank, target.family,
                     target.address, port, kMark);
}

std::string quoted(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", name);
  return out;
}

std::string port_set(const Interception& wanted) {
  return fmt::format("tcp dport {{ {} }}", fmt::join(wanted.ports, ", "));
}

template <class Statement>
std::string for_each_target(const Interception& wanted, std::string_view from, Statement statement) {
  std::string out;
  for (const auto& target : targets(wanted))
    out += fmt::format("    {}{}{} {}\n", from, target.match, port_set(wanted), statement(target, wanted.listen_port));
  return out;
}

std::string from_clients(const Interception& wanted) {
  return fmt::format("iifname {{ {} }} ", quoted(wanted.interfaces));
}

/// Not over lo: a program that talks to a server on this host shall have that server.
std::string not_ours(const Interception& wanted) {
  return fmt::format("    oifname \"lo\" accept\n    meta skuid {} accept\n", *wanted.local_but_for);
}

std::string redirect_chains(const Interception& wanted) {
  std::string out;
  if (!wanted.interfaces.empty())
    out += "  chain prerouting {\n    type nat hook prerouting priority dstnat; policy accept;\n" +
           for_each_target(wanted, from_clients(wanted), redirect_to) + "  }\n";
  if (wanted.local_but_for)
    out += "  chain output {\n    type nat hook output priority -100; policy accept;\n" + not_ours(wanted) +
           for_each_target(wanted, "", redirect_to) + "  }\n";
  return out;
}

/// Packets of this host pass prerouting only if they are routed to lo, which the mark does.
std::string tproxy_chains(const Interception& wanted) {
  std::string out = "  chain prerouting {\n    type filter hook prerouting priority mangle; policy accept;\n";
  if (!wanted.interfaces.empty()) out += for_each_target(wanted, from_clients(wanted), tproxy_to);
  if (wanted.local_but_for)
    out += for_each_target(wanted, fmt::format("iifname \"lo\" meta mark and {0:#x} == {0:#x} ", kMark), tproxy_to);
  out += "    # answers to the connections that the gateway makes with the clients' addresses\n";
  out +=
      fmt::format("    meta l4proto tcp socket transparent 1 meta mark set meta mark or {:#x} accept\n  }}\n", kMark);
  if (!wanted.local_but_for) return out;
  const auto mark = [](const Target&, std::uint16_t) { return fmt::format("meta mark set meta mark or {:#x}", kMark); };
  return out + "  chain output {\n    type route hook output priority mangle; policy accept;\n" + not_ours(wanted) +
         for_each_target(wanted, "", mark) + "  }\n";
}

}  // namespace

std::string nft_rules(const Interception& wanted) {
  return fmt::format("{}table inet p3scan {{\n{}}}\n", kRemoval,
                     wanted.tproxy ? tproxy_chains(wanted) : redirect_chains(wanted));
}

std::string nft_removal() { return std::string(kRemoval); }

}  // namespace p3scan::app::rules
