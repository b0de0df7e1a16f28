// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/loader.h"

#include "base/packet_socket.h"

namespace p3scan::worker {

int run_loader(LoaderStart start) {
  if (!send_packet(start.control.get(), "ready")) return 1;
  while (const auto packet = receive_packet(start.control.get(), Wait::yes))
    if (packet->text.empty() || packet->text == "retire") return 0;
  return 1;
}

Result<std::string, std::string> check(const Options&) { return "no signatures"; }

}  // namespace p3scan::worker
