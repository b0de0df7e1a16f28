// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/trophie.h"

#include <fmt/format.h>

#include <optional>

#include "scan/trophie_reply.h"
#include "scanner/local_socket.h"

namespace p3scan {

std::vector<std::string> trophie_sockets() { return {"/var/run/trophie"}; }
std::vector<std::string> sophie_sockets() { return {"/var/run/sophie", "/var/spool/sophos"}; }

asio::awaitable<scan::Verdict> TrophieEngine::look(const std::string& path, const Message& /*message*/,
                                                   const scan::MailFacts& /*facts*/) {
  std::string why;
  for (const auto& where : sockets_) {
    auto socket = co_await connect_local(where, times_.connect);
    if (!socket) {
      why += fmt::format("{}{}: {}", why.empty() ? "" : ", ", where, socket.error());
      continue;
    }
    if (!co_await say(*socket, path + '\n')) co_return scan::Failed{fmt::format("{}: hung up", name_)};
    std::string reply;
    auto heard = co_await hear(*socket, reply);
    while (heard == Heard::something && reply.find('\n') == std::string::npos &&
           reply.size() < scan::kTrophieReplyMax) {
      heard = co_await hear(*socket, reply, times_.silence);
    }
    co_return scan::decode_trophie_reply(reply, name_);
  }
  co_return scan::Failed{fmt::format("{}: {}", name_, why)};
}

}  // namespace p3scan
