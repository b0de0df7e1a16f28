// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/rules/iptables.h"

#include <fmt/format.h>

namespace p3scan::app::rules {
namespace {

const std::optional<std::string>& listens(const Interception& wanted, Family family) {
  return family == Family::ipv4 ? wanted.ipv4 : wanted.ipv6;
}

std::string redirect_to(const std::string& address, std::uint16_t port) {
  if (address.empty()) return fmt::format("REDIRECT --to-ports {}", port);
  const bool v6 = address.contains(':');
  return fmt::format("DNAT --to-destination {}{}{}:{}", v6 ? "[" : "", address, v6 ? "]" : "", port);
}

std::string tproxy_to(const std::string& address, std::uint16_t port) {
  const auto on_ip = address.empty() ? std::string() : fmt::format(" --on-ip {}", address);
  return fmt::format("TPROXY --on-port {}{} --tproxy-mark {:#x}/{:#x}", port, on_ip, kMark, kMark);
}

std::string for_each_port(const Interception& wanted, std::string_view chain, std::string_view from,
                          std::string_view target) {
  std::string out;
  for (const auto port : wanted.ports)
    out += fmt::format("-A {}{} -p tcp -m tcp --dport {} -j {}\n", chain, from, port, target);
  return out;
}

std::string from_clients(const Interception& wanted, const std::string& address) {
  const auto target = wanted.tproxy ? tproxy_to(address, wanted.listen_port) : redirect_to(address, wanted.listen_port);
  std::string out;
  for (const auto& name : wanted.interfaces)
    out += for_each_port(wanted, "P3SCAN", fmt::format(" -i {}", name), target);
  return out;
}

std::string transparent_answers() {
  return fmt::format(
      "-A P3SCAN -p tcp -m socket --transparent -j MARK --set-xmark {0:#x}/{0:#x}\n"
      "-A P3SCAN -p tcp -m socket --transparent -j ACCEPT\n",
      kMark);
}

std::string from_here(const Interception& wanted, const std::string& address) {
  auto out = fmt::format(
      "-A P3SCAN_LOCAL -o lo -j RETURN\n"
      "-A P3SCAN_LOCAL -m owner --uid-owner {} -j RETURN\n",
      *wanted.local_but_for);
  if (!wanted.tproxy) return out + for_each_port(wanted, "P3SCAN_LOCAL", "", redirect_to(address, wanted.listen_port));
  // The mark routes these packets to lo, where PREROUTING sees them.
  out += for_each_port(wanted, "P3SCAN_LOCAL", "", fmt::format("MARK --set-xmark {0:#x}/{0:#x}", kMark));
  return out + for_each_port(wanted, "P3SCAN", fmt::format(" -i lo -m mark --mark {0:#x}/{0:#x}", kMark),
                             tproxy_to(address, wanted.listen_port));
}

}  // namespace

std::string_view iptables_table(const Interception& wanted) { return wanted.tproxy ? "mangle" : "nat"; }

std::string iptables_chains(const Interception& wanted, Family family) {
  auto out = fmt::format("*{}\n:P3SCAN - [0:0]\n:P3SCAN_LOCAL - [0:0]\n", iptables_table(wanted));
  if (const auto& address = listens(wanted, family)) {
    out += from_clients(wanted, *address);
    if (wanted.local_but_for) out += from_here(wanted, *address);
    if (wanted.tproxy) out += transparent_answers();
  }
  return out + "COMMIT\n";
}

}  // namespace p3scan::app::rules
