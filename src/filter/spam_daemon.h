// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "filter/spam_engine.h"
#include "scanner/clamd_target.h"
#include "scanner/remote_host.h"

namespace p3scan {

struct SpamDaemonTimes {
  std::chrono::milliseconds limit{60'000};  // for one message; several servers share it
  std::chrono::seconds connect{5};          // to reach a server, each address
  std::chrono::seconds avoid{10};           // a server that failed, while others work
};

/// One or several daemons of a kind: the one with the least to do gets the message, on a connection of its own; if it
/// fails or is too slow, the message goes to the next one. For one event loop.
class SpamDaemon : public SpamEngine {
 public:
  using Socket = asio::generic::stream_protocol::socket;

  SpamDaemon(std::vector<ClamdTarget> servers, SpamDaemonTimes times);

  asio::awaitable<Result<SpamOpinion, std::string>> look(const SpamMail& mail) override;

  /// "host:port", "host", "[v6]:port" or "/path/socket". The error is for the administrator.
  static Result<std::vector<ClamdTarget>, std::string> parse_servers(std::span<const std::string> texts,
                                                                     std::uint16_t default_port);

 protected:
  /// One message on a new connection.
  virtual asio::awaitable<Result<SpamOpinion, std::string>> talk(Socket socket, const SpamMail& mail) = 0;

 private:
  struct Server {
    ClamdTarget address;
    HostAddresses addresses;
    std::size_t active = 0;  // messages it has now
    std::chrono::steady_clock::time_point avoid_until;
  };

  asio::awaitable<Result<SpamOpinion, std::string>> ask(Server& server, const SpamMail& mail);
  asio::awaitable<Result<SpamOpinion, std::string>> attempt(Server& server, const SpamMail& mail);
  asio::awaitable<Result<Socket, std::string>> open(Server& server) const;
  std::vector<Server*> by_preference();

  SpamDaemonTimes times_;
  std::vector<Server> servers_;
};

}  // namespace p3scan
