// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/rules/interception.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace p3scan::app::rules {
namespace {

constexpr std::uint16_t kPop3 = 110;
constexpr std::array<std::uint16_t, 3> kSecure = {465, 587, 993};  // submission and IMAP; of POP3 sslport tells
constexpr std::size_t kLongestInterface = 15;                      // IFNAMSIZ and the NUL

bool loopback(std::string_view address) { return address == "::1" || address.starts_with("127."); }

/// The first address of the family that packets from elsewhere can be sent to.
std::optional<std::string> listens(const config::Config& config, bool v6, bool tproxy) {
  if (config.ip.empty()) return "";
  for (const auto& address : config.ip) {
    if (address.contains(':') != v6) continue;
    if (address == "0.0.0.0" || address == "::") return "";
    if (tproxy || !loopback(address)) return address;
  }
  return std::nullopt;
}

/// Without a CA clients that use TLS are better off with their servers than with a gateway that refuses them. What the
/// administrator named is redirected all the same.
std::vector<std::uint16_t> ports_of(const config::Config& config, const Request& request) {
  auto ports = request.ports;
  if (ports.empty()) {
    ports = config.emailport;
    ports.push_back(kPop3);
    ports.insert(ports.end(), config.imapport.begin(), config.imapport.end());
    for (const auto& named : config.tls) ports.push_back(named.port);
    if (request.can_sign) {
      ports.insert(ports.end(), config.sslport.begin(), config.sslport.end());
      ports.insert(ports.end(), kSecure.begin(), kSecure.end());
    }
  }
  std::ranges::sort(ports);
  ports.erase(std::ranges::unique(ports).begin(), ports.end());
  return ports;
}

}  // namespace

bool valid_interface(std::string_view name) {
  if (name.empty() || name.size() > kLongestInterface || name == "." || name == "..") return false;
  const auto good = [](char c) { return ascii::is_alnum(c) || c == '.' || c == '_' || c == '-' || c == '@'; };
  return name.front() != '-' && std::ranges::all_of(name, good);
}

Result<Interception, std::string> plan(const config::Config& config, const Request& request,
                                       std::optional<uid_t> daemon) {
  if (request.interfaces.empty() && !request.local) return fail(std::string("name the interface of the clients"));
  for (const auto& name : request.interfaces)
    if (!valid_interface(name)) return fail(fmt::format("'{}' can't be the name of an interface", name));
  if (request.local && !daemon) return fail(fmt::format("--local: there is no user '{}'", config.user));
  const bool tproxy = config.tproxy || request.tproxy;
  Interception wanted{.interfaces = request.interfaces,
                      .ports = ports_of(config, request),
                      .listen_port = config.port,
                      .tproxy = tproxy,
                      .ipv4 = listens(config, false, tproxy),
                      .ipv6 = listens(config, true, tproxy),
                      .local_but_for = request.local ? daemon : std::nullopt};
  if (!wanted.ipv4 && !wanted.ipv6)
    return fail(std::string("ip: the gateway listens on no address that connections can be redirected to"));
  if (std::ranges::binary_search(wanted.ports, config.port))
    return fail(fmt::format("port {} is the gateway's own: it can't be redirected", config.port));
  return wanted;
}

}  // namespace p3scan::app::rules
