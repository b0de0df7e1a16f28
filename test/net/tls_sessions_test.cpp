// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/tls_resumption.h"
#include "net/tls_tickets.h"
#include "net/tls_upstream.h"

namespace p3scan::net {
namespace {

using namespace tls_test;

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
const TlsOptions kCareful{.verify = {.name = "mail.example.org"}};

class TlsSessions : public TlsVisits {
 protected:
  /// A session that says something, so that the client sees its tickets.
  Pair converse(Listener& listener, std::shared_ptr<const TlsIdentity> shown, int version) {
    auto wire = listener.wire();
    auto pair = start(wire, kCareful, {.identity = std::move(shown)}, version);
    shake_hands(pair);
    EXPECT_TRUE(pair.client_result) << pair.client_result.error();
    EXPECT_TRUE(pair.server_result) << pair.server_result.error();
    write(*pair.server, "hello");
    EXPECT_EQ(read(*pair.client, wire.client), "hello");
    EXPECT_EQ(pair.client->resumed(), pair.server->resumed());
    return pair;
  }
};

TEST_F(TlsSessions, ShowAnIdentityAndAgreeOnAProtocol) {
  const auto leaf = make_party({}, &root_);
  auto wire = Listener(io_).wire();
  auto pair = start(wire, {.verify = {.name = "mail.example.org"}, .alpn = {"smtp", "imap"}},
                    {.identity = identity(leaf, {root_}), .alpn = {"imap"}});
  shake_hands(pair);
  ASSERT_TRUE(pair.client_result) << pair.client_result.error();
  ASSERT_TRUE(pair.server_result) << pair.server_result.error();
  EXPECT_EQ(pair.client->alpn(), "imap");
  EXPECT_EQ(pair.server->alpn(), "imap");
  EXPECT_EQ(pair.client->flaw(), std::nullopt);
  EXPECT_EQ(pair.client->certificate().chain, (std::vector{der(leaf.certificate), der(root_.certificate)}));
}

TEST_F(TlsSessions, AgreeOnAProtocolOrNot) {
  const auto shown = identity(make_party({}, &root_));
  const struct {
    std::vector<std::string> client;
    std::vector<std::string> server;
    bool good;
    std::string agreed;
  } rows[] = {{{}, {}, true, ""},
              {{"imap"}, {}, true, ""},
              {{}, {"imap"}, true, ""},
              {{"pop3"}, {"imap"}, false, ""},
              {{"", std::string(300, 'x')}, {}, true, ""},
              {{"pop3", "imap"}, {"imap", "pop3"}, true, "pop3"}};
  for (const auto& row : rows) {
    auto wire = Listener(io_).wire();
    auto pair =
        start(wire, {.verify = {.required = false}, .alpn = row.client}, {.identity = shown, .alpn = row.server});
    shake_hands(pair);
    EXPECT_EQ(pair.client_result.has_value(), row.good);
    EXPECT_EQ(pair.client->alpn(), row.agreed);
    if (!row.good) {
      EXPECT_EQ(pair.client->alert(), SSL_AD_NO_APPLICATION_PROTOCOL);
    }
  }
}

TEST_F(TlsSessions, AreTakenUpAgainUnderTheSameIdentityOnly) {
  const auto first = identity(make_party({.serial = 1}, &root_));
  const auto leaf = make_party({.serial = 2}, &root_);
  const auto second = identity(leaf);
  for (const int version : kVersions) {
    SCOPED_TRACE(version);
    Listener listener(io_);
    EXPECT_FALSE(converse(listener, first, version).client->resumed());
    EXPECT_TRUE(converse(listener, first, version).client->resumed());
    EXPECT_TRUE(converse(listener, first, version).client->resumed());
    const auto other = converse(listener, second, version);
    EXPECT_FALSE(other.client->resumed()) << "a ticket revived another identity";
    EXPECT_EQ(other.client->certificate().chain.front(), der(leaf.certificate));
    EXPECT_TRUE(converse(listener, second, version).client->resumed());
  }
}

TEST_F(TlsSessions, OpenWithTheKeyThatSealedThemOrTheOneAfterIt) {
  const auto shown = identity(make_party({}, &root_));
  for (const int version : kVersions) {
    SCOPED_TRACE(version);
    Listener listener(io_);
    EXPECT_FALSE(converse(listener, shown, version).client->resumed());
    server_->ticket_keys().rotate();
    EXPECT_TRUE(converse(listener, shown, version).client->resumed());
    server_->ticket_keys().rotate();
    EXPECT_TRUE(converse(listener, shown, version).client->resumed()) << "the old ticket was to be renewed";
    server_->ticket_keys().rotate();
    server_->ticket_keys().rotate();
    EXPECT_FALSE(converse(listener, shown, version).client->resumed()) << "its key is to be gone";
    EXPECT_TRUE(converse(listener, shown, version).client->resumed());
  }
}

TEST_F(TlsSessions, OfServersAreKeptByNameAndVerification) {
  const auto leaf = make_party({.alternative = "DNS:mail.example.org,DNS:imap.example.org"}, &root_);
  const Upstream upstream(leaf, {});
  const Upstream other(leaf, {});
  EXPECT_FALSE(visit(client_, upstream.endpoint(), kCareful).resumed);
  const auto again = visit(client_, upstream.endpoint(), kCareful);
  EXPECT_TRUE(again.resumed);
  EXPECT_FALSE(again.flaw);
  EXPECT_EQ(again.certificate.chain.size(), 1U);
  EXPECT_FALSE(visit(client_, other.endpoint(), kCareful).resumed);
  EXPECT_FALSE(visit(client_, upstream.endpoint(), {.verify = {.name = "imap.example.org"}}).resumed);
  EXPECT_FALSE(visit(client_, upstream.endpoint(), {}).resumed);
  EXPECT_FALSE(
      visit(client_, upstream.endpoint(), {.verify = {.required = false, .name = "mail.example.org"}}).resumed);
  EXPECT_TRUE(visit(client_, upstream.endpoint(), kCareful).resumed);
}

TEST_F(TlsSessions, OfAServerWithAnotherCertificateAreVerifiedAnew) {
  const auto good = make_party({}, &root_);
  const auto bad = make_party({.until = -60}, &root_);
  SSL_CTX* live = nullptr;
  const Upstream upstream(good, {}, [&](SSL_CTX* context) { live = context; });
  const TlsOptions look{.verify = {.required = false, .name = "mail.example.org"}};
  EXPECT_FALSE(visit(client_, upstream.endpoint(), look).flaw);
  EXPECT_TRUE(visit(client_, upstream.endpoint(), look).resumed);
  std::array<unsigned char, 80> fresh{};  // other ticket keys, as after a restart
  fresh.fill(7);
  SSL_CTX_set_tlsext_ticket_keys(live, fresh.data(), fresh.size());
  SSL_CTX_use_certificate(live, bad.certificate.get());
  SSL_CTX_use_PrivateKey(live, bad.key.get());
  const auto seen = visit(client_, upstream.endpoint(), look);
  EXPECT_FALSE(seen.resumed);
  EXPECT_TRUE(seen.flaw);
}

/// A session as a handshake leaves it.
TlsResumption::Native made_by(TlsSession& session) { return {SSL_get1_session(session.native()), SSL_SESSION_free}; }

TEST_F(TlsSessions, AreKeptInBounds) {
  Listener listener(io_);
  const auto pair = converse(listener, identity(make_party({}, &root_)), 0);
  const auto session = made_by(*pair.client);
  const auto now = TlsResumption::Clock::now();
  TlsResumption kept;
  for (std::size_t i = 0; i < TlsResumption::kMaxEntries; ++i) kept.keep(std::to_string(i), {session, "", now});
  EXPECT_TRUE(kept.find("0"));  // used, so that the next one goes
  kept.keep("new", {session, "flaw", now});
  EXPECT_EQ(kept.size(), TlsResumption::kMaxEntries);
  EXPECT_TRUE(kept.find("0"));
  EXPECT_FALSE(kept.find("1"));
  EXPECT_EQ(kept.find("new")->flaw, "flaw");
  kept.keep("new", {session, "other", now});
  EXPECT_EQ(kept.find("new")->flaw, "other");
  kept.keep("old", {session, "", now - TlsResumption::kMaxAge - std::chrono::seconds(1)});
  EXPECT_FALSE(kept.find("old"));
  EXPECT_EQ(kept.size(), TlsResumption::kMaxEntries - 1);
}

TEST_F(TlsSessions, OfCertificatesThatExpiredSinceAreNotTakenUp) {
  Listener listener(io_);
  auto wire = listener.wire();
  auto pair = start(wire, {.verify = {.required = false}}, {.identity = identity(make_party({.until = -60}, &root_))});
  shake_hands(pair);
  write(*pair.server, "hello");
  EXPECT_EQ(read(*pair.client, wire.client), "hello");
  const auto session = made_by(*pair.client);
  TlsResumption kept;
  kept.keep("was good", {session, "", TlsResumption::Clock::now()});
  EXPECT_FALSE(kept.find("was good"));
  kept.keep("was bad", {session, "expired", TlsResumption::Clock::now()});
  EXPECT_TRUE(kept.find("was bad"));
}

TEST_F(TlsSessions, TakeAClientHelloThatWasReadAlready) {
  const auto shown = identity(make_party({}, &root_));
  std::size_t size = 100;  // known after the first
  for (std::size_t octets = 0; octets <= size; ++octets) {
    auto wire = Listener(io_).wire();
    Pair pair;
    pair.client = *TlsSession::make(client_, wire.client, {.verify = {.required = false}});
    begin(*pair.client, pair.client_result);
    io_.restart();
    io_.poll();
    await_octets(wire.server);
    size = std::max(size, wire.server.available());
    std::string received(std::min(octets, wire.server.available()), '\0');
    asio::read(wire.server, asio::buffer(received));
    pair.server = *TlsSession::make(server_, wire.server, {.identity = shown, .received = received});
    begin(*pair.server, pair.server_result);
    run();
    ASSERT_TRUE(pair.server_result) << octets << ": " << pair.server_result.error();
    ASSERT_TRUE(pair.client_result) << octets << ": " << pair.client_result.error();
    if (octets % 64 != 0) continue;
    write(*pair.client, "hello");
    EXPECT_EQ(read(*pair.server, wire.server), "hello");
  }
  EXPECT_GT(size, 200U);
}

/// Copies octets one at a time, as segments of their own.
asio::awaitable<void> dribble(Socket& from, Socket& to) {
  std::array<char, 4096> piece{};
  error_code broken;
  while (!broken) {
    const auto [ec, n] = co_await from.async_read_some(asio::buffer(piece), kNothrow);
    broken = ec;
    for (std::size_t i = 0; i < n && !broken; ++i) {
      std::tie(broken, std::ignore) = co_await asio::async_write(to, asio::buffer(&piece[i], 1), kNothrow);
    }
  }
  to.shutdown(asio::socket_base::shutdown_send, broken);
}

asio::awaitable<void> exchange(TlsSession& client, TlsSession& server, Listener::Wire& near, Listener::Wire& far,
                               Pair& pair) {
  using namespace asio::experimental::awaitable_operators;
  std::tie(pair.client_result, pair.server_result) =
      co_await (client.handshake(std::chrono::seconds(30)) && server.handshake(std::chrono::seconds(30)));
  near.client.close();
  far.server.close();
}

TEST_F(TlsSessions, TakeAHugeClientHelloOctetByOctet) {
  Listener listener(io_);
  auto near = listener.wire();
  auto far = listener.wire();
  std::vector<std::string> names;
  for (int i = 0; i < 62; ++i) names.push_back(fmt::format("{:x>254}", i));
  auto client = *TlsSession::make(client_, near.client, {.verify = {.required = false}, .alpn = names});
  auto server = *TlsSession::make(server_, far.server, {.identity = identity(make_party({})), .alpn = {names.back()}});
  Pair pair;
  asio::co_spawn(io_, dribble(near.server, far.client), asio::detached);
  asio::co_spawn(io_, dribble(far.client, near.server), asio::detached);
  asio::co_spawn(io_, exchange(*client, *server, near, far, pair), asio::detached);
  run();
  EXPECT_TRUE(pair.client_result) << pair.client_result.error();
  EXPECT_TRUE(pair.server_result) << pair.server_result.error();
  EXPECT_EQ(server->alpn(), names.back());
}

}  // namespace
}  // namespace p3scan::net
