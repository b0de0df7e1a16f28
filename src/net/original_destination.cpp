// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/original_destination.h"

#include <ifaddrs.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>

namespace p3scan::net {
namespace {

std::optional<Endpoint> ask(int fd, int level, int option) {
  Endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockopt(fd, level, option, endpoint.data(), &size) != 0) return std::nullopt;
  if (endpoint.data()->sa_family != AF_INET && endpoint.data()->sa_family != AF_INET6) return std::nullopt;
  return unmapped(endpoint);
}

bool same_address(const sockaddr* candidate, const Address& address) {
  if (candidate == nullptr) return false;
  if (candidate->sa_family == AF_INET && address.is_v4()) {
    sockaddr_in in{};
    std::memcpy(&in, candidate, sizeof in);
    return ntohl(in.sin_addr.s_addr) == address.to_v4().to_uint();
  }
  if (candidate->sa_family == AF_INET6 && address.is_v6()) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, candidate, sizeof in6);
    const auto bytes = address.to_v6().to_bytes();
    return std::memcmp(bytes.data(), &in6.sin6_addr, bytes.size()) == 0;
  }
  return false;
}

}  // namespace

std::optional<Endpoint> original_destination(int fd) {
  int family = 0;
  socklen_t size = sizeof family;
  if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0) return std::nullopt;
  if (family == AF_INET6) {
    if (auto found = ask(fd, SOL_IPV6, IP6T_SO_ORIGINAL_DST)) return found;
  }
  return ask(fd, SOL_IP, SO_ORIGINAL_DST);
}

bool is_own_address(const Address& raw) {
  const auto address = unmapped(raw);
  if (address.is_loopback() || address.is_unspecified()) return true;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return false;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> guard(list, &::freeifaddrs);
  for (const auto* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (same_address(entry->ifa_addr, address)) return true;
  }
  return false;
}

}  // namespace p3scan::net
