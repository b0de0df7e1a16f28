// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/gateway.h"

#include <sys/socket.h>

#include <array>
#include <string_view>

namespace p3scan::app {

int run_gateway(GatewayStart start) {
  using namespace std::string_view_literals;
  constexpr auto kReady = "ready"sv;
  if (::send(start.control.get(), kReady.data(), kReady.size(), MSG_NOSIGNAL) < 0) return 1;
  std::array<char, 64> packet{};
  while (::recv(start.control.get(), packet.data(), packet.size(), 0) > 0) start.log.debug("packet from the master");
  return 0;
}

}  // namespace p3scan::app
