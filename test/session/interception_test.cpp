// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/interception.h"

#include <openssl/ssl.h>

#include <ctime>
#include <thread>

#include "authority/leaves.h"
#include "authority/signer.h"
#include "base/packet_socket.h"
#include "net/tls_world.h"

namespace p3scan::session {
namespace {

using net::tls_test::Listener;
using net::tls_test::make_party;
using net::tls_test::make_root;
using net::tls_test::Party;
using Result = Interception::Result;
using config::TlsBad;

constexpr auto kLimit = std::chrono::seconds(20);

authority::Issuer ca() {
  auto made = authority::make_ca({.name = "Gateway CA", .permitted = {}, .now = std::time(nullptr)});
  if (!made) throw std::runtime_error(made.error());
  return std::move(*made);
}

/// A client, the gateway and a server on one loop. The server's certificate is by a root that the gateway trusts, or
/// whatever a test makes it.
class InterceptionTest : public testing::Test {
 protected:
  InterceptionTest() {
    roots_.add(root_.certificate);
    ca_.add({issuers_.trusted.certificate.get(), [](X509*) {}});
    services_.tls_client = *net::TlsContext::make(net::TlsContext::Role::client, {.roots = roots_.path()});
    services_.tls_server = *net::TlsContext::make(net::TlsContext::Role::server);
    services_.tls_memory = &memory_;
    services_.config.connecttimeout = std::chrono::seconds(5);
    auto pair = packet_sockets();
    signer_ = std::jthread([socket = std::move(pair->theirs), this] {
      authority::serve(socket.get(), issuers_, [](const std::string&) {});
    });
    leaves_ = std::make_unique<authority::Leaves>(io_.get_executor(), services_.log);
    leaves_->connect(std::move(pair->ours));
    services_.leaves = leaves_.get();
    our_server_.attach(std::move(server_wire_.client));
    our_client_.attach(std::move(client_wire_.server));
    talk_.client = our_client_.socket().remote_endpoint();
    talk_.server = our_server_.socket().remote_endpoint();
  }

  struct Outcome {
    Result gateway = Result::failed;
    bool client_shook = false;
    std::string greeting;  // as the client read it
    std::optional<std::string> flaw;
  };

  /// The server's side: one handshake, and a greeting if it succeeds.
  asio::awaitable<void> serve(net::Socket socket) {
    auto tls = *net::TlsSession::make(services_.tls_server, socket, {.identity = identity_, .alpn = {"pop3"}});
    if (insists_) SSL_set_verify(tls->native(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    if (insists_) SSL_set_max_proto_version(tls->native(), insists_);
    if (!co_await tls->handshake(kLimit)) co_return;
    error_code ec;
    const std::array<asio::const_buffer, 1> words{asio::buffer("+OK\r\n", 5)};
    tls->write(words, ec);
    std::array<char, 16> nothing{};
    while (tls->read(nothing, ec), ec == asio::error::would_block)
      co_await socket.async_wait(asio::socket_base::wait_read, kNothrow);
  }

  asio::awaitable<void> visit(Outcome& outcome, std::string roots, std::string name) {
    auto context = *net::TlsContext::make(net::TlsContext::Role::client, {.roots = std::move(roots)});
    auto tls = *net::TlsSession::make(context, client_wire_.client,
                                      {.verify = {.required = required_, .name = std::move(name)}, .alpn = {"pop3"}});
    outcome.client_shook = (co_await tls->handshake(kLimit)).has_value();
    if (!outcome.client_shook) co_return client_wire_.client.close();
    outcome.flaw = tls->flaw();
    error_code ec;
    std::array<char, 16> words{};
    std::size_t n = 0;
    while (n = tls->read(words, ec), ec == asio::error::would_block)
      co_await client_wire_.client.async_wait(asio::socket_base::wait_read, kNothrow);
    outcome.greeting.assign(words.data(), n);
    client_wire_.client.close();
  }

  asio::awaitable<void> stand_between(Outcome& outcome) {
    auto first = co_await hear_first_words(our_client_.socket(), kLimit, kLimit);
    Interception interception(services_,
                              {.client = our_client_,
                               .server = our_server_,
                               .activity = activity_,
                               .talk = talk_,
                               .reconnect = [this] { return reconnect(); }},
                              std::move(first));
    outcome.gateway = co_await interception.run();
    if (outcome.gateway == Result::secured) {
      while (our_server_.received().empty() && !our_server_.closed()) co_await our_server_.fill();
      co_await our_client_.write(our_server_.received());
    }
    our_client_.shutdown_send();
    our_server_.abort();
  }

  asio::awaitable<bool> reconnect() {
    ++reconnects_;
    insists_ = 0;
    auto wire = listener_.wire();
    our_server_.attach(std::move(wire.client));
    asio::co_spawn(io_, serve(std::move(wire.server)), asio::detached);
    co_return true;
  }

  Outcome run(const std::string& roots, const std::string& name = "mail.example.org") {
    Outcome outcome;
    int left = 2;
    const auto done = [&](const std::exception_ptr& failed) {
      if (failed) std::rethrow_exception(failed);
      if (--left == 0) leaves_.reset();
    };
    asio::co_spawn(io_, serve(std::move(server_wire_.server)), asio::detached);
    asio::co_spawn(io_, stand_between(outcome), done);
    asio::co_spawn(io_, visit(outcome, roots, name), done);
    io_.run_for(kLimit);
    EXPECT_EQ(left, 0) << "it hangs";
    return outcome;
  }

  void server_shows(const Party& party) { identity_ = net::tls_test::identity(party); }

  asio::io_context io_;
  Services services_{config::Config{}, Log({.foreground = true, .debug = false, .quiet = true})};
  authority::Issuers issuers_{ca(), ca()};
  net::tls_test::TemporaryFile roots_;
  net::tls_test::TemporaryFile ca_;
  Party root_ = make_root("Root");
  std::shared_ptr<const net::TlsIdentity> identity_ = net::tls_test::identity(make_party({}, &root_));
  bool required_ = true;
  int insists_ = 0;  // the only version of a server that wants a client's certificate
  int reconnects_ = 0;
  TlsMemory memory_;
  Activity activity_;
  Listener listener_{io_};
  Listener::Wire client_wire_ = listener_.wire();
  Listener::Wire server_wire_ = listener_.wire();
  Peer our_client_{io_.get_executor(), activity_, 65536};
  Peer our_server_{io_.get_executor(), activity_, 65536};
  Conversation talk_;
  std::unique_ptr<authority::Leaves> leaves_;
  std::jthread signer_;
};

TEST_F(InterceptionTest, BothSidesAreSecured) {
  const auto outcome = run(ca_.path());
  EXPECT_EQ(outcome.gateway, Result::secured);
  EXPECT_EQ(outcome.greeting, "+OK\r\n");
  EXPECT_EQ(outcome.flaw, std::nullopt);
}

TEST_F(InterceptionTest, WithoutANameTheChainDecides) {
  const auto outcome = run(ca_.path(), "");
  EXPECT_EQ(outcome.gateway, Result::secured);
  EXPECT_EQ(outcome.greeting, "+OK\r\n");
}

TEST_F(InterceptionTest, ABadCertificateStaysBad) {
  server_shows(make_party({.from = -7200, .until = -3600}, &root_));
  required_ = false;
  const auto outcome = run(ca_.path());
  EXPECT_EQ(outcome.gateway, Result::secured);
  EXPECT_TRUE(outcome.flaw);
}

TEST_F(InterceptionTest, AnotherNameStaysAnotherName) {
  required_ = false;
  const auto outcome = run(ca_.path(), "other.example.org");
  EXPECT_EQ(outcome.gateway, Result::secured);
  EXPECT_TRUE(outcome.flaw);
}

TEST_F(InterceptionTest, ABadCertificateIsRefused) {
  services_.config.tlsbad = TlsBad::refuse;
  server_shows(make_root("Nobody"));
  required_ = false;
  const auto outcome = run(ca_.path());
  EXPECT_EQ(outcome.gateway, Result::failed);
  EXPECT_FALSE(outcome.client_shook);
}

TEST_F(InterceptionTest, ABadCertificateIsAccepted) {
  services_.config.tlsbad = TlsBad::accept;
  server_shows(make_party({}, nullptr));
  const auto outcome = run(ca_.path());
  EXPECT_EQ(outcome.gateway, Result::secured);
  EXPECT_EQ(outcome.greeting, "+OK\r\n");
}

TEST_F(InterceptionTest, ABypassedServerShowsItself) {
  services_.bypass = *BypassList::parse({"*.example.org"});
  const auto outcome = run(roots_.path());
  EXPECT_EQ(outcome.gateway, Result::passed);
  EXPECT_EQ(outcome.greeting, "+OK\r\n");
}

TEST_F(InterceptionTest, AClientThatRejectsUsIsCounted) {
  const auto now = TlsMemory::Clock::now();
  const auto client = net::text(talk_.client.address());
  memory_.rejected(client, "mail.example.org", now);
  memory_.rejected(client, "mail.example.org", now);
  const auto outcome = run(roots_.path());
  EXPECT_EQ(outcome.gateway, Result::failed);
  EXPECT_FALSE(outcome.client_shook);
  EXPECT_TRUE(memory_.rejects(client, "mail.example.org", now));
}

TEST_F(InterceptionTest, ALearnedClientPasses) {
  services_.config.tlslearn = true;
  for (unsigned i = 0; i < TlsMemory::kTooOften; ++i)
    memory_.rejected(net::text(talk_.client.address()), "mail.example.org", TlsMemory::Clock::now());
  EXPECT_EQ(run(roots_.path()).gateway, Result::passed);
}

class InsistingServer : public InterceptionTest, public testing::WithParamInterface<int> {};

TEST_P(InsistingServer, IsPassedTheClientsOwnHello) {
  insists_ = GetParam();
  const auto outcome = run(roots_.path());
  EXPECT_EQ(outcome.gateway, Result::passed);
  EXPECT_EQ(outcome.greeting, "+OK\r\n");
  EXPECT_EQ(reconnects_, 1);
}

TEST_P(InsistingServer, IsRefused) {
  insists_ = GetParam();
  services_.config.tlsclientcert = config::TlsClientCert::refuse;
  const auto outcome = run(roots_.path());
  EXPECT_EQ(outcome.gateway, Result::failed);
  EXPECT_FALSE(outcome.client_shook);
  EXPECT_EQ(reconnects_, 0);
}

INSTANTIATE_TEST_SUITE_P(Versions, InsistingServer, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

}  // namespace
}  // namespace p3scan::session
