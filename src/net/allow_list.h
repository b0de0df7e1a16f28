// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/endpoint.h"
#include "net/network.h"

namespace p3scan::net {

/// Which servers a login may name (useurl). With entries only those are permitted: host names (exactly, or
/// ".example.org" for everything below it), addresses, networks (192.0.2.0/24, 2001:db8::/32). Without entries every
/// public address is, but none that only this host or its networks can reach: the gateway must not become a door.
class AllowList {
 public:
  AllowList() = default;
  /// The error names the entry that is neither a network nor a host name.
  static Result<AllowList, std::string> parse(const std::vector<std::string>& entries);

  /// `host` as the login gave it, `address` one that it resolved to.
  bool permits(std::string_view host, const Address& raw) const;

 private:
  std::string add(const std::string& entry);

  std::vector<Network> networks_;
  std::vector<std::string> hosts_;
};

/// Not routed on the public Internet (RFC 6890): loopback, private, link-local, shared, multicast, unspecified ...
bool is_special_purpose(const Address& raw);

}  // namespace p3scan::net
