// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/session.h"

#include "filter/authorised_users.h"
#include "proto/sniff.h"
#include "session/engine.h"
#include "session/session_state.h"

namespace p3scan::session {
namespace {

using namespace asio::experimental::awaitable_operators;
using proto::Outcome;

constexpr std::size_t kMostUnread = std::size_t{128} * 1024;  // of a client that is told to go
constexpr auto kLinger = std::chrono::seconds(2);

using config::TlsMode;
using Spoken = PortRole::Spoken;

}  // namespace

asio::awaitable<void> Session::run() {
  if (!co_await find_server()) {
    co_await close(Outcome::finished);
    co_return;
  }
  co_await talk();
}

asio::awaitable<bool> Session::find_server() {
  host_ = config().targetip;
  if (config().useurl) {  // the login will name it
    protocol_ = Protocol::pop3;
    log_start();
    co_return true;
  }
  const auto route = co_await find_route(*services_, client_.socket());
  if (!route) {
    log().error("{} (client {})", route.error(), net::text(talk_.client));
    co_return false;
  }
  talk_.server = route->front();
  const auto role = role_of(talk_.server.port(), config());
  mode_ = tls_mode(talk_.server.port(), config(), can_sign());
  protocol_ = role.protocol;
  if (protocol_) log_start();
  switch (role.spoken) {
    case Spoken::plain: co_return co_await connect_plain(*route);
    case Spoken::tls: co_return co_await begin_inside_tls(*route);
    case Spoken::by_greeting: break;
  }
  co_return co_await connect(*route) && co_await listen_to_both();
}

void Session::log_start() {
  talk_.protocol = name_of(*protocol_);
  log().notice("{} Connection from {}", talk_.protocol, net::text(talk_.client));
  if (!config().useurl) log().notice("Real-server address is {}", net::text(talk_.server));
}

asio::awaitable<bool> Session::connect(const std::vector<net::Endpoint>& candidates) {
  std::string why;
  for (const auto& to : candidates) {
    const auto from = config().tproxy ? std::optional(talk_.client.address()) : std::nullopt;
    auto socket = co_await net::connect(to, config().connecttimeout, from);
    if (!socket) {
      why = socket.error().message();
      continue;
    }
    talk_.server = to;
    error_code ignored;
    own_connection_.emplace(*services_->own_connections,
                            net::OwnConnections::Ends{socket->local_endpoint(ignored), to});
    server_.attach(std::move(*socket));
    co_return true;
  }
  log().error("Cannot connect to real-server: {} ({})", net::text(candidates.front().address()), why);
  co_return false;
}

asio::awaitable<bool> Session::connect_plain(const Route::value_type& route) {
  if (co_await connect(route)) co_return true;
  co_await say_no("Cannot connect to the mail server, try again later");
  co_return false;
}

/// With authuser a login may only name the servers that the administrator wrote down for it.
asio::awaitable<bool> Session::may_log_in(const std::string& host, std::uint16_t port) {
  if (!config().authuser) co_return true;
  auto path = authorised_user_path(config().usersdir, talk_.user, host, port);
  if (!path.empty() && co_await is_authorised_user(path, *services_->blocking)) co_return true;
  log().warning("USER '{}' on {}:{} refused (client {}): authuser = yes and there is no file {}/{}#{}:{}", talk_.user,
                host, port, net::text(talk_.client), config().usersdir, talk_.user, host, port);
  co_return false;
}

asio::awaitable<bool> Session::connect_named(std::string host, std::uint16_t port) {
  if (!co_await may_log_in(host, port)) co_return false;
  const auto route = co_await find_named_route(*services_, std::move(host), port);
  if (!route) {
    log().error("{} (client {})", route.error(), net::text(talk_.client));
    co_return false;
  }
  const auto role = role_of(route->front().port(), config());
  const bool tls = role.spoken == Spoken::tls;
  protocol_ = role.protocol.value_or(Protocol::pop3);
  if (is_smtp(*protocol_) || is_imap(*protocol_)) {
    log().error("useurl: port {} is no POP3 port (client {})", port, net::text(talk_.client));
    co_return false;
  }
  if (!co_await connect(*route) || (tls && !co_await start_tls())) co_return false;
  log().notice("Real-server address is {}", net::text(talk_.server));
  co_return true;
}

/// The port says nothing about the protocol; the server's greeting does.
asio::awaitable<bool> Session::listen_to_greeting() {
  using proto::Greeting;
  auto greeting = Greeting::need_more;
  asio::steady_timer patience(executor_, config().idletimeout);
  while (greeting == Greeting::need_more && !server_.closed()) {
    const auto first = co_await (server_.fill() || patience.async_wait(kNothrow));
    if (first.index() == 1 || !std::get<0>(first)) break;
    greeting = proto::sniff_greeting(server_.received());
  }
  switch (greeting) {
    case Greeting::pop3: protocol_ = Protocol::pop3; break;
    case Greeting::smtp: protocol_ = Protocol::smtp; break;
    case Greeting::imap: protocol_ = Protocol::imap; break;
    case Greeting::need_more:
    case Greeting::unknown:
      if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return false;
      log().error("{} to {} refused: the server speaks neither POP3 nor SMTP nor IMAP", net::text(talk_.client),
                  net::text(talk_.server));
      co_return false;
  }
  if (server_.tls() != nullptr) protocol_ = over_tls(*protocol_);
  log_start();
  co_return true;
}

asio::awaitable<void> Session::talk() {
  const auto dialog = make_dialog(*protocol_, *services_,
                                  {.server = net::text(talk_.server),
                                   .tls = client_.tls() != nullptr,
                                   .offer_tls = server_.tls() == nullptr && may_upgrade(mode_)});
  const Engine::Parts parts{
      .client = client_,
      .server = server_,
      .activity = activity_,
      .conversation = talk_,
      .connector = [this](std::string host, std::uint16_t port) { return connect_named(std::move(host), port); },
      .idle_limit = idle_limit(*protocol_, config()),
      .upgrader = [this] { return upgrade(); }};
  proto::End end{Outcome::aborted, "internal error"};
  {
    Engine engine(executor_, services_, parts);
    end = co_await engine.run(*dialog);
  }
  note_late_refusal();
  log_end(end);
  co_await close(end.outcome);
}

void Session::log_end(const proto::End& end) {
  const bool clean = end.outcome != Outcome::protocol_error && end.outcome != Outcome::aborted;
  if (end.why == Engine::kHttp) {
    log().warning("{} to {} refused: {}", net::text(talk_.client), net::text(talk_.server), end.why);
  } else if (end.why == Engine::kUnexpectedTls || end.why == Engine::kSmuggled || end.why == kNoHello) {
    log().warning("TLS: client {}, server {}: refused: {}", net::text(talk_.client), net::text(talk_.server), end.why);
  } else if (!end.why.empty()) {
    if (clean) {
      log().debug("{}: {}", net::text(talk_.client), end.why);
    } else {
      log().warning("{}", end.why);
    }
  }
  log().notice("Session done ({}). Mails: {} Bytes: {}", clean ? "Clean Exit" : "Critical abort", talk_.mails,
               talk_.octets);
}

asio::awaitable<void> Session::say_no(std::string_view why) {
  if (protocol_) co_await client_.write(refusal_line(*protocol_, why));
}

asio::awaitable<void> Session::refuse() {
  log().warning("{} has too many connections ({}), one more is refused", net::text(talk_.client.address()),
                config().maxperclient);
  const auto route = co_await find_route(*services_, client_.socket());
  if (route) {
    const auto port = route->front().port();
    const auto role = role_of(port, config());
    const bool plain = role.spoken == Spoken::plain || tls_mode(port, config(), can_sign()) == TlsMode::legacy;
    protocol_ = role.protocol;
    if (plain) co_await say_no("Too many connections");
  }
  co_await close(Outcome::finished);
}

/// Octets of the client that nobody has read would make the kernel reset the connection, and our last words with it.
asio::awaitable<void> Session::close(Outcome outcome) {
  if (outcome == Outcome::aborted || client_.closed() || client_.unreachable()) co_return;
  client_.shutdown_send();
  asio::steady_timer patience(executor_, kLinger);
  std::array<char, 4096> rest;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
  for (std::size_t total = 0; total < kMostUnread;) {
    const auto first =
        co_await (client_.socket().async_read_some(asio::buffer(rest), kNothrow) || patience.async_wait(kNothrow));
    if (first.index() == 1) co_return;
    const auto [ec, n] = std::get<0>(first);
    if (ec) co_return;
    total += n;
  }
}

asio::awaitable<void> serve(std::shared_ptr<const Services> services, net::Socket client,
                            std::optional<Admission::Place> place) {
  const auto executor = co_await asio::this_coro::executor;
  const auto log = services->log;
  try {
    Session session(executor, std::move(services), std::move(client));
    co_await (place ? session.run() : session.refuse());
  } catch (const std::bad_alloc&) {
    throw;  // the process can't go on; its master starts another
  } catch (const std::exception& e) {
    log.error("A session ended by an internal error: {}", e.what());
  }
}

}  // namespace p3scan::session
