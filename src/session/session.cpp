// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/session.h"

#include "filter/authorised_users.h"
#include "proto/sniff.h"
#include "session/dialogs.h"
#include "session/engine.h"
#include "session/route.h"

namespace p3scan::session {
namespace {

using namespace asio::experimental::awaitable_operators;
using proto::Outcome;

constexpr std::size_t kBuffer = std::size_t{128} * 1024;
constexpr auto kLinger = std::chrono::seconds(2);

Protocol protocol_of(Spoken spoken) {
  switch (spoken) {
    case Spoken::smtp: return Protocol::smtp;
    case Spoken::pop3s: return Protocol::pop3s;
    case Spoken::pop3:
    case Spoken::by_greeting:
    case Spoken::unavailable: return Protocol::pop3;
  }
  return Protocol::pop3;
}

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
  const config::Config& config() const { return services_->config; }
  const Log& log() const { return services_->log; }

  asio::awaitable<bool> find_server();
  asio::awaitable<bool> connect(const std::vector<net::Endpoint>& candidates);
  asio::awaitable<bool> start_tls();
  asio::awaitable<bool> may_log_in(const std::string& host, std::uint16_t port);
  asio::awaitable<bool> connect_named(std::string host, std::uint16_t port);
  asio::awaitable<bool> listen_to_greeting();
  asio::awaitable<void> talk();
  asio::awaitable<void> close(Outcome outcome);
  asio::awaitable<void> say_no(std::string_view why);
  void log_start();
  void log_end(const proto::End& end);

  asio::any_io_executor executor_;
  std::shared_ptr<const Services> services_;
  Activity activity_;
  Peer client_;
  Peer server_;
  Conversation talk_;
  Protocol protocol_ = Protocol::pop3;
  std::optional<net::OwnConnections::Entry> own_connection_;
};

asio::awaitable<void> Session::run() {
  if (!co_await find_server()) {
    co_await close(Outcome::finished);
    co_return;
  }
  co_await talk();
}

asio::awaitable<bool> Session::find_server() {
  if (config().useurl) {  // the login will name it
    log_start();
    co_return true;
  }
  const auto route = co_await find_route(*services_, client_.socket());
  if (!route) {
    log().error("{} (client {})", route.error(), net::text(talk_.client));
    co_return false;
  }
  talk_.server = route->front();
  const auto spoken = spoken_on(talk_.server.port(), config());
  if (spoken == Spoken::unavailable) {
    log().error("{} to {} refused: TLS from the start of a connection is not available yet; do not redirect port {}",
                net::text(talk_.client), net::text(talk_.server), talk_.server.port());
    co_return false;
  }
  protocol_ = protocol_of(spoken);
  if (spoken != Spoken::by_greeting) log_start();
  if (!co_await connect(*route)) {
    if (spoken != Spoken::by_greeting) co_await say_no("Cannot connect to the mail server, try again later");
    co_return false;
  }
  if (spoken != Spoken::by_greeting) co_return true;
  co_return co_await listen_to_greeting();
}

void Session::log_start() {
  talk_.protocol = name_of(protocol_);
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
    co_return protocol_ != Protocol::pop3s || co_await start_tls();
  }
  log().error("Cannot connect to real-server: {} ({})", net::text(candidates.front().address()), why);
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

/// Towards the server. In transparent mode nobody says by what name the client knows it, so that only the chain of its
/// certificate can be verified.
asio::awaitable<bool> Session::start_tls() {
  const net::TlsVerify verify{.required = config().tlsbad != config::TlsBad::accept, .name = config().targetip};
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

asio::awaitable<bool> Session::connect_named(std::string host, std::uint16_t port) {
  if (!co_await may_log_in(host, port)) co_return false;
  const auto route = co_await find_named_route(*services_, std::move(host), port);
  if (!route) {
    log().error("{} (client {})", route.error(), net::text(talk_.client));
    co_return false;
  }
  const auto spoken = spoken_on(route->front().port(), config());
  if (spoken == Spoken::smtp || spoken == Spoken::unavailable) {
    log().error("useurl: port {} is no POP3 port (client {})", port, net::text(talk_.client));
    co_return false;
  }
  protocol_ = protocol_of(spoken);
  if (!co_await connect(*route)) co_return false;
  log().notice("Real-server address is {}", net::text(talk_.server));
  co_return true;
}

/// The port says nothing about the protocol; POP3 and SMTP servers speak first.
asio::awaitable<bool> Session::listen_to_greeting() {
  using proto::Greeting;
  auto greeting = Greeting::need_more;
  asio::steady_timer patience(executor_, config().idletimeout);
  while (greeting == Greeting::need_more && !server_.closed()) {
    const auto first = co_await (server_.fill() || patience.async_wait(kNothrow));
    if (first.index() == 1 || !std::get<0>(first)) break;
    greeting = proto::sniff_greeting(server_.received());
  }
  protocol_ = greeting == Greeting::smtp ? Protocol::smtp : Protocol::pop3;
  if (greeting == Greeting::pop3 || greeting == Greeting::smtp) {
    log_start();
    co_return true;
  }
  log().error("{} to {} refused: the server speaks neither POP3 nor SMTP{}", net::text(talk_.client),
              net::text(talk_.server), greeting == Greeting::imap ? " but IMAP, which is not available yet" : "");
  co_return false;
}

asio::awaitable<void> Session::talk() {
  const auto dialog = make_dialog(protocol_, config(), services_->hostname);
  const Engine::Parts parts{
      .client = client_,
      .server = server_,
      .activity = activity_,
      .conversation = talk_,
      .connector = [this](std::string host, std::uint16_t port) { return connect_named(std::move(host), port); }};
  proto::End end{Outcome::aborted, "internal error"};
  {
    Engine engine(executor_, services_, parts);
    end = co_await engine.run(*dialog);
  }
  log_end(end);
  co_await close(end.outcome);
}

void Session::log_end(const proto::End& end) {
  const bool clean = end.outcome != Outcome::protocol_error && end.outcome != Outcome::aborted;
  if (!end.why.empty()) {
    if (clean) {
      log().debug("{}: {}", net::text(talk_.client), end.why);
    } else {
      log().warning("{}", end.why);
    }
  }
  log().notice("Session done ({}). Mails: {} Bytes: {}", clean ? "Clean Exit" : "Critical abort", talk_.mails,
               talk_.octets);
}

asio::awaitable<void> Session::say_no(std::string_view why) { co_await client_.write(refusal_line(protocol_, why)); }

asio::awaitable<void> Session::refuse() {
  log().warning("{} has too many connections ({}), one more is refused", net::text(talk_.client.address()),
                config().maxperclient);
  const auto route = co_await find_route(*services_, client_.socket());
  if (route) {
    const auto spoken = spoken_on(route->front().port(), config());
    protocol_ = protocol_of(spoken);
    if (spoken != Spoken::by_greeting && spoken != Spoken::unavailable) co_await say_no("Too many connections");
  }
  co_await close(Outcome::finished);
}

/// Octets of the client that nobody has read would make the kernel reset the connection, and our last words with it.
asio::awaitable<void> Session::close(Outcome outcome) {
  if (outcome == Outcome::aborted || client_.closed() || client_.unreachable()) co_return;
  client_.shutdown_send();
  asio::steady_timer patience(executor_, kLinger);
  std::array<char, 4096> rest;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
  for (std::size_t total = 0; total < kBuffer;) {
    const auto first =
        co_await (client_.socket().async_read_some(asio::buffer(rest), kNothrow) || patience.async_wait(kNothrow));
    if (first.index() == 1) co_return;
    const auto [ec, n] = std::get<0>(first);
    if (ec) co_return;
    total += n;
  }
}

}  // namespace

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
