// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gmock/gmock.h>

#include "net/tls_upstream.h"

namespace p3scan::net {
namespace {

using namespace tls_test;
using testing::HasSubstr;

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

class TlsFailures : public TlsVisits {};

Upstream::Setup only(int version, int verify_mode = SSL_VERIFY_NONE) {
  return [=](SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
    SSL_CTX_set_verify(context, verify_mode, nullptr);
  };
}

TEST_F(TlsFailures, KnowsAServerThatInsistsOnACertificate) {
  const auto leaf = make_party({}, &root_);
  for (const int version : kVersions) {
    SCOPED_TRACE(version);
    const Upstream upstream(leaf, {}, only(version, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT));
    const auto seen = visit(client_, upstream.endpoint(), {.verify = {.name = "mail.example.org"}});
    EXPECT_EQ(seen.failure, TlsFailure::wants_client_certificate) << seen.error;
    EXPECT_TRUE(seen.asked);
    EXPECT_EQ(seen.alert, version == TLS1_3_VERSION ? 116 : 40);
    EXPECT_FALSE(seen.flaw);
    if (version == TLS1_2_VERSION) {
      EXPECT_EQ(seen.error, "the server wants a client certificate (handshake failure)");
    }
  }
}

TEST_F(TlsFailures, GoesOnWithAServerThatOnlyAsks) {
  const auto leaf = make_party({}, &root_);
  for (const int version : kVersions) {
    const Upstream upstream(leaf, {}, only(version, SSL_VERIFY_PEER));
    const auto seen = visit(client_, upstream.endpoint(), {.verify = {.name = "mail.example.org"}});
    EXPECT_EQ(seen.greeting, "+OK\r\n") << seen.error;
    EXPECT_TRUE(seen.asked);
    EXPECT_EQ(seen.failure, TlsFailure::none);
  }
}

TEST_F(TlsFailures, NeverGoesBelowTheFloor) {
  const auto leaf = make_party({.key = rsa_key(2048)}, &root_);
  const struct {
    int server;
    int floor;
    bool good;
  } rows[] = {
      {TLS1_VERSION, 0, false},  {TLS1_1_VERSION, 0, false},     {TLS1_1_VERSION, 0x0301, false},
      {TLS1_2_VERSION, 0, true}, {TLS1_2_VERSION, 0x0303, true}, {TLS1_2_VERSION, 0x0304, false},
      {TLS1_3_VERSION, 0, true}, {TLS1_3_VERSION, 0x0304, true},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(fmt::format("server {:x}, floor {:x}", row.server, row.floor));
    const Upstream upstream(leaf, {}, only(row.server));
    const auto seen = visit(client_, upstream.endpoint(), {.verify = {.required = false}, .floor = row.floor});
    EXPECT_EQ(seen.shaken, row.good) << seen.error;
    EXPECT_EQ(seen.failure, row.good ? TlsFailure::none : TlsFailure::protocol);
  }
  auto wire = Listener(io_).wire();
  EXPECT_FALSE(TlsSession::make(client_, wire.client, {.floor = 0x0999}));
}

TEST_F(TlsFailures, KnowsAClientThatRejectsOurCertificate) {
  const auto stranger = make_root("Strange root");
  const struct {
    Wish wish;
    const Party* issuer;
    int alert;
  } rows[] = {{{}, &stranger, SSL_AD_UNKNOWN_CA},
              {{.until = -60}, &root_, SSL_AD_CERTIFICATE_EXPIRED},
              {{.alternative = "DNS:other.example.org"}, &root_, SSL_AD_BAD_CERTIFICATE}};
  for (const auto& row : rows) {
    for (const int version : kVersions) {
      auto wire = Listener(io_).wire();
      auto pair = start(wire, {.verify = {.name = "mail.example.org"}},
                        {.identity = identity(make_party(row.wish, row.issuer))}, version);
      shake_hands(pair);
      EXPECT_EQ(pair.client->failure(), TlsFailure::certificate);
      ASSERT_FALSE(pair.server_result);
      EXPECT_EQ(pair.server->failure(), TlsFailure::peer_rejected_us);
      EXPECT_EQ(pair.server->alert(), row.alert);
      EXPECT_THAT(pair.server_result.error(), HasSubstr("the client rejects our certificate ("));
    }
  }
}

TEST_F(TlsFailures, TellsAPeerThatGoesFromOneThatBabbles) {
  const struct {
    std::string said;
    bool closes;
    TlsFailure client;
  } rows[] = {{"", true, TlsFailure::gone},
              {"\x16\x03\x03\x00", true, TlsFailure::gone},
              {"HTTP/1.1 400 Bad Request\r\n\r\n", false, TlsFailure::protocol},
              {"* OK IMAP4rev1 ready\r\n", false, TlsFailure::protocol},
              {"+OK\r\n", false, TlsFailure::protocol}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.said);
    auto wire = Listener(io_).wire();
    asio::write(wire.server, asio::buffer(row.said));
    auto session = *TlsSession::make(client_, wire.client, {});
    if (row.closes) wire.server.shutdown(asio::socket_base::shutdown_send);
    Result<void, std::string> result;
    begin(*session, result);
    run();
    EXPECT_FALSE(result);
    EXPECT_EQ(session->failure(), row.client) << result.error();
    EXPECT_FALSE(result.error().empty());
  }
}

TEST_F(TlsFailures, DoesNotWaitForEver) {
  auto wire = Listener(io_).wire();
  auto session = *TlsSession::make(client_, wire.client, {});
  Result<void, std::string> result;
  asio::co_spawn(io_, session->handshake(std::chrono::seconds(0)),
                 [&](const std::exception_ptr&, Result<void, std::string> r) { result = std::move(r); });
  run();
  EXPECT_EQ(session->failure(), TlsFailure::timeout);
  EXPECT_EQ(result.error(), "no answer within 0 seconds");
}

TEST_F(TlsFailures, TellsAnEndFromACut) {
  const auto shown = identity(make_party({}, &root_));
  for (const bool polite : {true, false}) {
    auto wire = Listener(io_).wire();
    auto pair = start(wire, {.verify = {.name = "mail.example.org"}}, {.identity = shown});
    shake_hands(pair);
    if (polite) pair.server->close();
    wire.server.close();
    EXPECT_EQ(read(*pair.client, wire.client), polite ? "(end)" : "(broken)");
    EXPECT_EQ(pair.client->failure(), polite ? TlsFailure::none : TlsFailure::gone);
  }
}

TEST_F(TlsFailures, RefusesNamesThatAreNone) {
  for (const std::string name : {".example.org", "a b", "a\nb", ".", "a/b"}) {
    auto wire = Listener(io_).wire();
    EXPECT_FALSE(TlsSession::make(client_, wire.client, {.verify = {.name = name}})) << name;
  }
  auto wire = Listener(io_).wire();
  EXPECT_FALSE(TlsSession::make(client_, wire.client, {.verify = {.name = std::string("a\0b", 3)}}));
  EXPECT_FALSE(TlsSession::make(client_, wire.client, {.verify = {.name = std::string(300, 'a')}}));
  EXPECT_TRUE(TlsSession::make(client_, wire.client, {.verify = {.name = "a.example."}}));
  EXPECT_FALSE(TlsSession::make(server_, wire.client, {})) << "a server without an identity";
}

}  // namespace
}  // namespace p3scan::net
