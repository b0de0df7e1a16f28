// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "session/conversation.h"
#include "session/first_words.h"
#include "session/peer.h"
#include "session/services.h"

namespace p3scan::session {

/// TLS on both sides of one connection: towards the server as the client would have it, towards the client with a
/// certificate like the server's. Connections that must or may not be opened are relayed untouched. Whatever goes
/// wrong is one line in the log, with the option that would change it.
class Interception {
 public:
  /// Connects the server's side anew, after a handshake that failed.
  using Reconnect = std::function<asio::awaitable<bool>()>;

  struct Parts {
    Peer& client;
    Peer& server;  // connected
    Activity& activity;
    const Conversation& talk;
    std::string host = {};     // the server's name, if somebody else than the client says it
    Reconnect reconnect = {};  // none: what was said in plain text can't be said again
  };

  enum class Result {
    secured,  // both peers are inside TLS
    passed,   // untouched, and it has ended
    failed,
  };

  Interception(const Services& services, Parts parts, FirstWords first)
      : services_(services), parts_(std::move(parts)), first_(std::move(first)) {}

  /// `first` must be a ClientHello.
  asio::awaitable<Result> run();
  /// Relays everything untouched, `first` in front.
  asio::awaitable<Result> pass(std::string_view why);

  std::string server_key() const;  // of the server, in the memory of TLS

 private:
  using Tls = std::unique_ptr<net::TlsSession>;

  const std::string& name() const { return parts_.host.empty() ? first_.hello.server_name : parts_.host; }
  std::string wanted() const;  // the server as the client names it: what is remembered, and what tlsbypass would say
  std::string reason_to_pass() const;

  asio::awaitable<bool> secure_server();
  asio::awaitable<bool> refuses_without_certificate();
  asio::awaitable<Result> without_certificate();
  asio::awaitable<Result> secure_client();
  Result client_failed(const net::TlsSession& tls, const std::string& why);
  asio::awaitable<Result> give_up(std::string what);
  void log_flaw(std::string_view flaw) const;
  std::string line(std::string_view what) const;

  const Services& services_;
  Parts parts_;
  FirstWords first_;
  bool insists_ = false;  // the server refused to go on without a client's certificate
  std::string failure_;   // of the server's side
};

}  // namespace p3scan::session
