// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// The session's part that has to do with TLS.
#include "session/session_state.h"

namespace p3scan::session {
namespace {

using namespace asio::experimental::awaitable_operators;
using config::TlsMode;

constexpr char kHandshake = 22;  // how a TLS record begins that a client may send first

}  // namespace

/// Plain text to the client, TLS to the server.
asio::awaitable<bool> Session::connect_legacy(const Route::value_type& route) {
  if (!co_await connect(route) || !co_await start_tls()) {
    co_await say_no("Cannot connect to the mail server, try again later");
    co_return false;
  }
  co_return protocol_.has_value() || co_await listen_to_greeting();
}

/// On a port where TLS is expected from the first octet on.
asio::awaitable<bool> Session::begin_inside_tls(const Route::value_type& route) {
  switch (mode_) {
    case TlsMode::refuse: log_refused_tls(); co_return false;
    case TlsMode::legacy: co_return co_await connect_legacy(route);
    case TlsMode::pass:
      if (co_await connect(route))
        co_await interception({}, false).pass(fmt::format("tls = {}:pass", talk_.server.port()));
      co_return false;
    case TlsMode::intercept: break;
  }
  auto first = co_await hear_first_words(client_.socket(), config().tlswait, config().connecttimeout);
  switch (first.kind) {
    case FirstWords::Kind::silent: co_return co_await connect_legacy(route);  // it waits for a greeting, as of old
    case FirstWords::Kind::gone: co_return false;
    case FirstWords::Kind::other:
      log().warning("TLS: client {}, server {}: refused: what the client says is not TLS", net::text(talk_.client),
                    net::text(talk_.server));
      co_return false;
    case FirstWords::Kind::tls: break;
  }
  co_return co_await connect(route) && co_await intercept(std::move(first));
}

/// The server is connected and has heard nothing yet.
asio::awaitable<bool> Session::intercept(FirstWords first) {
  auto tls = interception(std::move(first), true);
  tls_key_ = tls.server_key();
  if (co_await tls.run() != Interception::Result::secured) co_return false;
  inside_tls_ = true;
  co_return protocol_.has_value() || co_await listen_to_greeting();
}

Interception Session::interception(FirstWords first, bool may_reconnect) {
  Interception::Reconnect reconnect;
  if (may_reconnect) reconnect = [this] { return connect_again(); };
  return {*services_,
          {.client = client_,
           .server = server_,
           .activity = activity_,
           .talk = talk_,
           .host = host_,
           .reconnect = std::move(reconnect)},
          std::move(first)};
}

asio::awaitable<bool> Session::connect_again() {
  const std::vector<net::Endpoint> same{talk_.server};
  co_return co_await connect(same);
}

/// Both sides have agreed on TLS in plain text; the engine reads neither.
asio::awaitable<std::optional<proto::End>> Session::upgrade() {
  auto first = co_await hear_first_words(client_.socket(), config().connecttimeout, config().connecttimeout);
  if (first.kind != FirstWords::Kind::tls) co_return proto::End{Outcome::protocol_error, kNoHello};
  auto tls = interception(std::move(first), false);
  tls_key_ = tls.server_key();
  const auto result = mode_ == TlsMode::pass ? co_await tls.pass(fmt::format("tls = {}:pass", talk_.server.port()))
                                             : co_await tls.run();
  switch (result) {
    case Interception::Result::passed: co_return proto::End{Outcome::finished};
    case Interception::Result::failed: co_return proto::End{Outcome::aborted};
    case Interception::Result::secured: break;
  }
  inside_tls_ = true;
  talk_.protocol = upgraded_name(*protocol_);
  co_return std::nullopt;
}

void Session::log_refused_tls() {
  const auto port = talk_.server.port();
  const bool named = std::ranges::find(config().tls, port, &config::TlsPort::port) != config().tls.end();
  const bool intercepted = !named || tls_mode(port, config(), true) == TlsMode::intercept;
  log().error("TLS: client {}, server {}: refused: {}", net::text(talk_.client), net::text(talk_.server),
              can_sign() || !intercepted
                  ? fmt::format("tls = {}:refuse", port)
                  : fmt::format("there is no CA; p3scan ca init makes one, tls = {}:pass passes it unscanned", port));
}

/// Towards the server. In transparent mode nobody says by what name the client knows it, so that only the chain of its
/// certificate can be verified.
asio::awaitable<bool> Session::start_tls() {
  const net::TlsVerify verify{.required = config().tlsbad != config::TlsBad::accept, .name = host_};
  auto tls = net::TlsSession::make(services_->tls_client, server_.socket(), {.verify = verify});
  auto done = tls ? co_await (*tls)->handshake(config().connecttimeout) : fail(tls.error());
  if (done) {
    log().debug("{}: {}", net::text(talk_.server), (*tls)->describe());
    server_.attach_tls(std::move(*tls));
    co_return true;
  }
  log().error(
      "Cannot connect to real-server: {} (client {}): TLS: {}; tlsroots adds trusted roots, tlsbad = accept "
      "takes any certificate",
      net::text(talk_.server), net::text(talk_.client), done.error());
  co_return false;
}

/// The port says nothing. A client that speaks TLS does so before anybody else; servers of mail speak first.
asio::awaitable<bool> Session::listen_to_both() {
  const auto first = co_await (begins_tls() || listen_to_greeting());
  if (first.index() == 1) co_return std::get<1>(first);
  if (!std::get<0>(first)) co_return co_await listen_to_greeting();
  if (!server_.received().empty()) {  // which would end up in front of what TLS protects
    log().warning("TLS: client {}, server {}: refused: both sides began, the client with TLS", net::text(talk_.client),
                  net::text(talk_.server));
    co_return false;
  }
  if (mode_ == TlsMode::refuse || mode_ == TlsMode::legacy) {
    log_refused_tls();
    co_return false;
  }
  if (mode_ == TlsMode::pass) {
    co_await interception({}, false).pass(fmt::format("tls = {}:pass", talk_.server.port()));
    co_return false;
  }
  auto words = co_await hear_first_words(client_.socket(), config().connecttimeout, config().connecttimeout);
  if (words.kind == FirstWords::Kind::tls) co_return co_await intercept(std::move(words));
  log().warning("TLS: client {}, server {}: refused: what the client says only begins like TLS",
                net::text(talk_.client), net::text(talk_.server));
  co_return false;
}

/// Waits for the first octet of the client, and leaves it where it is.
asio::awaitable<bool> Session::begins_tls() {
  const auto [ec] = co_await client_.socket().async_wait(asio::socket_base::wait_read, kNothrow);
  char octet = 0;
  error_code ignored;
  if (!ec) client_.socket().receive(asio::buffer(&octet, 1), asio::socket_base::message_peek, ignored);
  co_return octet == kHandshake;
}

/// With TLS 1.3 a server that misses a client's certificate says so behind the handshake.
void Session::note_late_refusal() {
  if (!inside_tls_ || server_.tls()->failure() != net::TlsFailure::wants_client_certificate) return;
  if (services_->tls_memory != nullptr)
    services_->tls_memory->insists_on_client_certificate(tls_key_, TlsMemory::Clock::now());
  log().warning(
      "TLS: client {}, server {}: the server insists on a client's certificate; from the next connection on {}",
      net::text(talk_.client), net::text(talk_.server),
      config().tlsclientcert == config::TlsClientCert::pass ? "it passes unscanned, as tlsclientcert = pass wants it"
                                                            : "tlsclientcert = pass would pass it unscanned");
}

}  // namespace p3scan::session
