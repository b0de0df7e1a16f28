// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace p3scan::net {

struct ListenerOptions {
  std::vector<std::string> addresses;  // IPv4 or IPv6 literals; none = all of both families
  std::uint16_t port = 8110;
  std::uint32_t loops = 1;   // each event loop has a socket of its own on every address (SO_REUSEPORT)
  bool transparent = false;  // IP_TRANSPARENT, for TPROXY; needs CAP_NET_ADMIN or CAP_NET_RAW
};

struct Listener {
  UniqueFd fd;             // listening, non-blocking, close-on-exec
  std::uint32_t loop = 0;  // which event loop accepts on it, 0 .. loops - 1
  std::string address;     // "0.0.0.0:8110", "[::]:8110"
};

/// Binds and listens. All or nothing: on failure the text names the address and the cause. A host without IPv6
/// listens on IPv4 alone when no address was asked for.
Result<std::vector<Listener>, std::string> open_listeners(const ListenerOptions& options);

}  // namespace p3scan::net
