// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/listener.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "net/endpoint.h"

namespace p3scan::net {
namespace {

bool enable(int fd, int level, int option) {
  const int on = 1;
  return ::setsockopt(fd, level, option, &on, sizeof on) == 0;
}

bool prepare(int fd, bool v6, bool transparent) {
  if (!enable(fd, SOL_SOCKET, SO_REUSEADDR) || !enable(fd, SOL_SOCKET, SO_REUSEPORT)) return false;
  if (v6 && !enable(fd, IPPROTO_IPV6, IPV6_V6ONLY)) return false;
  if (!transparent) return true;
  return v6 ? enable(fd, IPPROTO_IPV6, IPV6_TRANSPARENT) : enable(fd, IPPROTO_IP, IP_TRANSPARENT);
}

/// errno tells what went wrong when the descriptor is empty.
UniqueFd listen_on(const Endpoint& endpoint, bool transparent) {
  const bool v6 = endpoint.address().is_v6();
  UniqueFd fd(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return fd;
  const bool ok = prepare(fd.get(), v6, transparent) &&
                  ::bind(fd.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 &&
                  ::listen(fd.get(), SOMAXCONN) == 0;
  if (!ok) {
    const int cause = errno;
    fd.reset();
    errno = cause;
  }
  return fd;
}

bool no_such_family(int cause) { return cause == EAFNOSUPPORT || cause == EADDRNOTAVAIL; }

/// SO_REUSEPORT lets a second daemon of the same user bind beside us; a plain bind tells whether the port is taken.
int taken(const Endpoint& endpoint) {
  const UniqueFd probe(::socket(endpoint.address().is_v6() ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!probe) return 0;
  enable(probe.get(), SOL_SOCKET, SO_REUSEADDR);
  if (endpoint.address().is_v6()) enable(probe.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  const bool free = ::bind(probe.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0;
  return free || errno != EADDRINUSE ? 0 : EADDRINUSE;
}

std::string describe(const Endpoint& endpoint, int cause) {
  return fmt::format("Can't bind to socket {}: {}", text(endpoint), std::generic_category().message(cause));
}

/// The port that the kernel chose for port 0.
bool learn_port(int fd, Endpoint& endpoint) {
  socklen_t size = endpoint.capacity();
  return ::getsockname(fd, endpoint.data(), &size) == 0;
}

/// One listener per event loop. A kernel without IPv6 has none of them, which is an error only if it was asked for.
Result<void, std::string> open_loops(Endpoint endpoint, const ListenerOptions& options,
                                     std::vector<Listener>& listeners) {
  if (options.port != 0 && taken(endpoint) != 0) return fail(describe(endpoint, EADDRINUSE));
  for (std::uint32_t loop = 0; loop < options.loops; ++loop) {
    auto fd = listen_on(endpoint, options.transparent);
    if (!fd && options.addresses.empty() && endpoint.address().is_v6() && no_such_family(errno)) return {};
    if (!fd || (options.port == 0 && !learn_port(fd.get(), endpoint))) return fail(describe(endpoint, errno));
    listeners.push_back({std::move(fd), loop, text(endpoint)});
  }
  return {};
}

}  // namespace

Result<std::vector<Listener>, std::string> open_listeners(const ListenerOptions& options) {
  std::vector<Listener> listeners;
  const std::vector<std::string> all = {"0.0.0.0", "::"};
  for (const auto& literal : options.addresses.empty() ? all : options.addresses) {
    boost::system::error_code bad;
    const auto address = boost::asio::ip::make_address(literal, bad);
    if (bad) return fail(fmt::format("ip = {}: isn't a valid IP address", literal));
    if (auto opened = open_loops(Endpoint(address, options.port), options, listeners); !opened) {
      return fail(opened.error());
    }
  }
  return listeners;
}

}  // namespace p3scan::net
