// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/dialog.h"
#include "session/dialogs.h"
#include "session/first_words.h"
#include "session/interception.h"
#include "session/peer.h"
#include "session/route.h"
#include "session/services.h"
#include "session/tls_mode.h"

namespace p3scan::session {

/// One client connection from its arrival to its end. Parts of session.h, which says what it does.
class Session {
 public:
  Session(const asio::any_io_executor& executor, std::shared_ptr<const Services> services, net::Socket socket)
      : executor_(executor),
        services_(std::move(services)),
        client_(executor, activity_, std::max<std::size_t>(kBuffer, services_->config.maxline + 2)),
        server_(executor, activity_, std::max<std::size_t>(kBuffer, services_->config.maxline + 2)) {
    error_code gone;
    talk_.client = net::unmapped(socket.remote_endpoint(gone));
    client_.attach(std::move(socket));
  }

  asio::awaitable<void> run();
  asio::awaitable<void> refuse();

 private:
  static constexpr std::size_t kBuffer = std::size_t{128} * 1024;
  static constexpr std::string_view kNoHello = "no ClientHello from the client where TLS was to begin";
  using Outcome = proto::Outcome;

  const config::Config& config() const { return services_->config; }
  const Log& log() const { return services_->log; }

  asio::awaitable<bool> find_server();
  asio::awaitable<bool> connect(const std::vector<net::Endpoint>& candidates);
  asio::awaitable<bool> connect_again();
  asio::awaitable<bool> connect_plain(const Route::value_type& route);
  asio::awaitable<bool> connect_legacy(const Route::value_type& route);
  asio::awaitable<bool> begin_inside_tls(const Route::value_type& route);
  asio::awaitable<bool> intercept(FirstWords first);
  asio::awaitable<std::optional<proto::End>> upgrade();
  asio::awaitable<bool> start_tls();
  asio::awaitable<bool> may_log_in(const std::string& host, std::uint16_t port);
  asio::awaitable<bool> connect_named(std::string host, std::uint16_t port);
  asio::awaitable<bool> listen_to_both();
  asio::awaitable<bool> begins_tls();
  asio::awaitable<bool> listen_to_greeting();
  Interception interception(FirstWords first, bool may_reconnect);
  asio::awaitable<void> talk();
  asio::awaitable<void> close(Outcome outcome);
  asio::awaitable<void> say_no(std::string_view why);
  void log_start();
  void log_end(const proto::End& end);
  void log_refused_tls();
  void note_late_refusal();
  bool can_sign() const { return services_->leaves != nullptr && services_->leaves->has_authority(); }

  asio::any_io_executor executor_;
  std::shared_ptr<const Services> services_;
  Activity activity_;
  Peer client_;
  Peer server_;
  Conversation talk_;
  std::optional<Protocol> protocol_;  // none: not known yet
  config::TlsMode mode_ = config::TlsMode::refuse;
  bool inside_tls_ = false;  // both sides
  std::string tls_key_;      // of the server, in the memory of TLS
  std::string host_;         // of the server, if the configuration or the login names it
  std::optional<net::OwnConnections::Entry> own_connection_;
};

}  // namespace p3scan::session
