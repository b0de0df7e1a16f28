// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/endpoint.h"

#include <fmt/format.h>

namespace p3scan::net {

Address unmapped(const Address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
}

Endpoint unmapped(const Endpoint& endpoint) { return {unmapped(endpoint.address()), endpoint.port()}; }

std::string text(const Address& address) { return unmapped(address).to_string(); }

std::string text(const Endpoint& endpoint) {
  const auto address = unmapped(endpoint.address());
  return fmt::format(fmt::runtime(address.is_v6() ? "[{}]:{}" : "{}:{}"), address.to_string(), endpoint.port());
}

}  // namespace p3scan::net
