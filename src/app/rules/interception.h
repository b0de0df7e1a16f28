// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"

// What the packet filter shall do for the gateway, free of the words of any tool. Pure.
namespace p3scan::app::rules {

enum class Tool { nft, iptables };

/// What the administrator asked for.
struct Request {
  Tool tool = Tool::nft;
  std::vector<std::string> interfaces = {};  // where clients come in; may be empty with local
  std::vector<std::uint16_t> ports = {};     // empty: those of the configuration
  bool tproxy = false;                       // also when the configuration says so
  bool local = false;                        // connections of this host too
  bool can_sign = false;                     // there is a CA: TLS can be intercepted
};

struct Interception {
  std::vector<std::string> interfaces;
  std::vector<std::uint16_t> ports;  // destination ports, ascending, each once
  std::uint16_t listen_port = 0;
  bool tproxy = false;
  /// Where the gateway listens in each family: an address, or empty text for all; nothing: that family is left alone.
  std::optional<std::string> ipv4;
  std::optional<std::string> ipv6;
  /// Connections of this host are taken too, but for those of this user: the gateway's own.
  std::optional<uid_t> local_but_for;
};

/// Marks packets for the gateway's own routing table; one bit, so that marks of others live on.
constexpr std::uint32_t kMark = 0x0020'0000;
constexpr int kRouteTable = 8110;
constexpr int kRulePriority = 8110;

/// Whether the kernel could have an interface of this name, and a tool would take it for nothing else.
bool valid_interface(std::string_view name);

/// The error is one sentence. `daemon` is needed for local only.
Result<Interception, std::string> plan(const config::Config& config, const Request& request,
                                       std::optional<uid_t> daemon);

}  // namespace p3scan::app::rules
