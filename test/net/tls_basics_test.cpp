// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/tls_world.h"

namespace p3scan::net {
namespace {

using namespace tls_test;
using namespace std::chrono_literals;

/// A gateway's two contexts and one trusted root.
class TlsBasics : public testing::Test {
 protected:
  TlsBasics() {
    roots_.add(root_.certificate);
    client_ = *TlsContext::make(TlsContext::Role::client, {.roots = roots_.path()});
    server_ = *TlsContext::make(TlsContext::Role::server);
  }

  struct Pair {
    std::unique_ptr<TlsSession> client;
    std::unique_ptr<TlsSession> server;
    Result<void, std::string> client_result;
    Result<void, std::string> server_result;
  };

  Pair shake_hands(Wire& wire, TlsOptions client, TlsOptions server) {
    Pair pair;
    pair.client = *TlsSession::make(client_, wire.client, std::move(client));
    pair.server = *TlsSession::make(server_, wire.server, std::move(server));
    asio::co_spawn(io_, pair.client->handshake(5s),
                   [&](const std::exception_ptr&, Result<void, std::string> r) { pair.client_result = std::move(r); });
    asio::co_spawn(io_, pair.server->handshake(5s),
                   [&](const std::exception_ptr&, Result<void, std::string> r) { pair.server_result = std::move(r); });
    io_.restart();
    io_.run();
    return pair;
  }

  asio::io_context io_;
  TemporaryFile roots_;
  Party root_ = make_root("Test root");
  std::shared_ptr<TlsContext> client_;
  std::shared_ptr<TlsContext> server_;
};

TEST_F(TlsBasics, ShowsAnIdentityAndAgreesOnAProtocol) {
  Wire wire(io_);
  const auto leaf = make_party({}, &root_);
  auto pair = shake_hands(wire, {.verify = {.name = "mail.example.org"}, .alpn = {"smtp", "imap"}},
                          {.identity = identity(leaf, {root_}), .alpn = {"imap"}});
  ASSERT_TRUE(pair.client_result) << pair.client_result.error();
  ASSERT_TRUE(pair.server_result) << pair.server_result.error();
  EXPECT_EQ(pair.client->alpn(), "imap");
  EXPECT_EQ(pair.server->alpn(), "imap");
  EXPECT_EQ(pair.client->flaw(), std::nullopt);
  EXPECT_EQ(pair.client->failure(), TlsFailure::none);
  const auto shown = pair.client->certificate();
  EXPECT_EQ(shown.names, std::vector<std::string>{"mail.example.org"});
  ASSERT_EQ(shown.chain.size(), 2U);
  EXPECT_EQ(shown.chain[0], der(leaf.certificate));
}

}  // namespace
}  // namespace p3scan::net
