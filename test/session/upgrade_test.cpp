// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/harness.h"

namespace p3scan::session::test {
namespace {

using proto::Outcome;

/// Agrees on TLS when both sides have said "tls", then echoes lines of the client to both sides until "bye".
class Agreeing final : public proto::Dialog {
 public:
  proto::Action resume(proto::Inbox& in, proto::Outbox& out) override {
    if (!agreed_) {
      if (!in.client.starts_with("tls\n") || !in.server.starts_with("tls\n")) return proto::Wait{};
      in.client.remove_prefix(4);
      in.server.remove_prefix(4);
      agreed_ = true;
      out.client = out.server = "go\n";
      return proto::StartTls{};
    }
    out.client += in.client;
    out.server += in.client;
    const bool bye = in.client.ends_with("bye\n");
    in.client = {};
    if (bye) return proto::End{Outcome::finished};
    return in.client_closed ? proto::Action(proto::End{Outcome::client_gone}) : proto::Wait{};
  }

 private:
  bool agreed_ = false;
};

/// What a peer's socket holds, read as a handshake would: by somebody else than the peer.
asio::awaitable<std::string> read_raw(Peer& peer, std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t got = 0; got < size;) {
    const auto [ec] = co_await peer.socket().async_wait(asio::socket_base::wait_read, kNothrow);
    if (ec) co_return text.substr(0, got);
    error_code again;
    got += peer.socket().read_some(asio::buffer(text.data() + got, size - got), again);
  }
  co_return text;
}

class Upgrade : public testing::Test {
 protected:
  Upgrade() {
    harness.own_dialog = std::make_unique<Agreeing>();
    harness.upgrade = [this](Peer& client, Peer& server) -> asio::awaitable<std::optional<proto::End>> {
      ++upgrades;
      raw_client = co_await read_raw(client, 5);
      raw_server = co_await read_raw(server, 5);
      co_await client.write("shaken\n");
      co_return result;
    };
  }

  Harness harness;
  int upgrades = 0;
  std::string raw_client;
  std::string raw_server;
  std::optional<proto::End> result;
};

TEST_F(Upgrade, NobodyReadsWhileTheHandshakesDo) {
  const auto end = harness.run(
      [](Wire& client) -> asio::awaitable<void> {
        co_await client.tell("tls\n");
        co_await client.hear("go\n");
        co_await client.tell("hello");
        co_await client.hear("shaken\n");
        co_await client.tell("echo bye\n");
        EXPECT_EQ(co_await client.hear_all(), "echo bye\n");
      },
      [](Wire& server) -> asio::awaitable<void> {
        co_await server.tell("tls\n");
        co_await server.hear("go\n");
        co_await server.tell("olleh");
        EXPECT_EQ(co_await server.hear_all(), "echo bye\n");
      });
  EXPECT_EQ(end.outcome, Outcome::finished);
  EXPECT_EQ(raw_client, "hello");
  EXPECT_EQ(raw_server, "olleh");
}

TEST_F(Upgrade, PlainTextBehindTheAgreementEndsTheSession) {
  for (const bool by_client : {true, false}) {
    harness.io.restart();
    harness.own_dialog = std::make_unique<Agreeing>();
    const auto end = harness.run(
        [by_client](Wire& client) -> asio::awaitable<void> {
          co_await client.tell(by_client ? "tls\nevil bye\n" : "tls\n");
          EXPECT_EQ(co_await client.hear_all(), "");
        },
        [by_client](Wire& server) -> asio::awaitable<void> {
          co_await server.tell(by_client ? "tls\n" : "tls\nevil\n");
          EXPECT_EQ(co_await server.hear_all(), "");
        });
    EXPECT_EQ(end.outcome, Outcome::protocol_error);
    EXPECT_EQ(upgrades, 0);
  }
}

TEST_F(Upgrade, TlsWherePlainTextIsSpokenEndsTheSession) {
  const auto end = harness.run(
      [](Wire& client) -> asio::awaitable<void> {
        co_await client.tell("\x16\x03\x01");
        EXPECT_EQ(co_await client.hear_all(), "");
      },
      [](Wire& server) -> asio::awaitable<void> { EXPECT_EQ(co_await server.hear_all(), ""); });
  EXPECT_EQ(end.outcome, Outcome::protocol_error);
  EXPECT_EQ(end.why, Engine::kUnexpectedTls);
}

TEST(Misdirected, HttpReachesNoServer) {
  Harness harness(Protocol::smtp);
  const auto end = harness.run(
      [](Wire& client) -> asio::awaitable<void> {
        co_await client.hear("220 x\r\n");
        for (const char c : std::string_view("POST / HTTP/1.1\r\n")) co_await client.tell(std::string(1, c));
        co_await client.tell("Host: x\r\n\r\nEHLO y\r\n");
        EXPECT_EQ(co_await client.hear_all(), "");
      },
      [](Wire& server) -> asio::awaitable<void> {
        co_await server.tell("220 x\r\n");
        EXPECT_EQ(co_await server.hear_all(), "");
      });
  EXPECT_EQ(end.outcome, Outcome::protocol_error);
  EXPECT_EQ(end.why, Engine::kHttp);
}

TEST_F(Upgrade, AFailedHandshakeEndsTheSession) {
  result = proto::End{Outcome::aborted, "no"};
  const auto end = harness.run(
      [](Wire& client) -> asio::awaitable<void> {
        co_await client.tell("tls\n");
        co_await client.hear("go\n");
        co_await client.tell("helloevil bye\n");
        EXPECT_EQ(co_await client.hear_all(), "shaken\n");
      },
      [](Wire& server) -> asio::awaitable<void> {
        co_await server.tell("tls\n");
        co_await server.hear("go\n");
        co_await server.tell("olleh");
        EXPECT_EQ(co_await server.hear_all(), "");
      });
  EXPECT_EQ(end.why, "no");
}

}  // namespace
}  // namespace p3scan::session::test
