// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/tunnel.h"

#include "proto/hello_builder.h"
#include "session/first_words.h"
#include "session/harness.h"

namespace p3scan::session::test {
namespace {

using proto::test::Hello;

/// Two connections with something of ours in the middle.
class Middle : public testing::Test {
 public:
  Middle() {
    std::tie(client, our_client) = connected();
    std::tie(server, our_server) = connected();
    for (auto* socket : {&our_client, &our_server}) net::tune(*socket);
  }

  std::pair<net::Socket, net::Socket> connected() {
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    net::Socket one(io);
    one.connect(acceptor.local_endpoint());
    return {std::move(one), acceptor.accept()};
  }

  TunnelTotals run(asio::awaitable<void> part, std::chrono::seconds idle = std::chrono::seconds(20)) {
    TunnelTotals totals;
    bool done = false;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
          totals = co_await tunnel(our_client, our_server, activity, idle);
          done = true;
          our_client.close();
          our_server.close();
        },
        asio::detached);
    asio::co_spawn(io, std::move(part), asio::detached);
    io.run_for(std::chrono::seconds(20));
    EXPECT_TRUE(done) << "the tunnel never ended";
    return totals;
  }

  FirstWords hear(asio::awaitable<void> part, std::chrono::seconds patience) {
    FirstWords words;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
          words = co_await hear_first_words(our_client, patience, std::chrono::seconds(1));
          client.close();
        },
        asio::detached);
    asio::co_spawn(io, std::move(part), asio::detached);
    io.run_for(std::chrono::seconds(20));
    return words;
  }

  asio::io_context io;
  net::Socket client{io};
  net::Socket our_client{io};
  net::Socket server{io};
  net::Socket our_server{io};
  Activity activity;
};

asio::awaitable<void> tell(net::Socket& to, std::string words) {
  co_await asio::async_write(to, asio::buffer(words), kNothrow);
}

asio::awaitable<std::string> hear_all(net::Socket& from) {
  std::string heard;
  co_await asio::async_read(from, asio::dynamic_buffer(heard), kNothrow);
  co_return heard;
}

TEST_F(Middle, TunnelRelaysMuchInBothDirections) {
  const std::string much(3U << 20U, 'x');
  std::string at_server;
  std::string at_client;
  asio::co_spawn(
      io,
      [&]() -> asio::awaitable<void> {
        at_server = co_await hear_all(server);  // until the client's half is closed
        co_await tell(server, at_server + "!");
        server.shutdown(asio::socket_base::shutdown_send);
      },
      asio::detached);
  const auto totals = run([](Middle& my, const std::string& words, std::string& heard) -> asio::awaitable<void> {
    co_await tell(my.client, words);
    my.client.shutdown(asio::socket_base::shutdown_send);
    heard = co_await hear_all(my.client);
  }(*this, much, at_client));
  EXPECT_EQ(at_server, much);
  EXPECT_EQ(at_client, much + "!");
  EXPECT_EQ(totals.from_client, much.size());
  EXPECT_EQ(totals.from_server, much.size() + 1);
  EXPECT_FALSE(totals.timed_out);
}

TEST_F(Middle, TunnelEndsWithABrokenSide) {
  run([](Middle& my) -> asio::awaitable<void> {
    my.client.set_option(asio::socket_base::linger(true, 0));
    my.client.close();  // a reset
    EXPECT_EQ(co_await hear_all(my.server), "");
  }(*this));
}

TEST_F(Middle, TunnelEndsWhenNobodySpeaks) {
  const auto totals =
      run([](Middle& my) -> asio::awaitable<void> { EXPECT_EQ(co_await hear_all(my.client), ""); }(*this),
          std::chrono::seconds(1));
  EXPECT_TRUE(totals.timed_out);
}

TEST_F(Middle, FirstWordsAreAHello) {
  const auto wire = Hello{.extensions = Hello::name("mx.example")}.wire(20) + "more";
  const auto words = hear(
      [](Middle& my, const std::string& octets) -> asio::awaitable<void> {
        for (const char c : octets) co_await tell(my.client, std::string(1, c));
      }(*this, wire),
      std::chrono::seconds(10));
  EXPECT_EQ(words.kind, FirstWords::Kind::tls);
  EXPECT_EQ(words.hello.server_name, "mx.example");
  EXPECT_TRUE(wire.starts_with(words.octets));
}

TEST_F(Middle, FirstWordsMayBeNone) {
  EXPECT_EQ(hear([]() -> asio::awaitable<void> { co_return; }(), std::chrono::seconds(1)).kind,
            FirstWords::Kind::silent);
}

TEST_F(Middle, FirstWordsMayBeAnythingElse) {
  const auto words =
      hear([](Middle& my) -> asio::awaitable<void> { co_await tell(my.client, "GET / HTTP/1.1\r\n"); }(*this),
           std::chrono::seconds(10));
  EXPECT_EQ(words.kind, FirstWords::Kind::other);
  EXPECT_TRUE(words.octets.starts_with("GET"));
}

TEST_F(Middle, FirstWordsThatNeverEnd) {
  const auto words =
      hear([](Middle& my) -> asio::awaitable<void> { co_await tell(my.client, Hello().wire().substr(0, 20)); }(*this),
           std::chrono::seconds(10));
  EXPECT_EQ(words.kind, FirstWords::Kind::other);
}

TEST_F(Middle, FirstWordsOfNobody) {
  const auto words = hear(
      [](Middle& my) -> asio::awaitable<void> {
        my.client.shutdown(asio::socket_base::shutdown_send);
        co_return;
      }(*this),
      std::chrono::seconds(10));
  EXPECT_EQ(words.kind, FirstWords::Kind::gone);
}

}  // namespace
}  // namespace p3scan::session::test
