// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/listener.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "base/asio/asio.h"
#include "net/connect.h"
#include "net/original_destination.h"
#include "net/own_connections.h"

namespace p3scan::net {
namespace {

std::uint16_t port_of(const Listener& listener) {
  return static_cast<std::uint16_t>(std::stoul(listener.address.substr(listener.address.rfind(':') + 1)));
}

TEST(Listener, OpensOneSocketForEveryLoop) {
  const auto listeners = open_listeners({.addresses = {"127.0.0.1", "::1"}, .port = 0, .loops = 3});
  ASSERT_TRUE(listeners) << listeners.error();
  ASSERT_EQ(listeners->size(), 6U);
  EXPECT_EQ((*listeners)[2].loop, 2U);
  EXPECT_EQ(port_of((*listeners)[0]), port_of((*listeners)[2]));
  EXPECT_TRUE((*listeners)[3].address.starts_with("[::1]:"));
}

TEST(Listener, RefusesAPortInUseEvenIfTheOtherSharesPorts) {
  const auto first = open_listeners({.addresses = {"127.0.0.1"}, .port = 0});
  ASSERT_TRUE(first);
  const auto second = open_listeners({.addresses = {"127.0.0.1"}, .port = port_of(first->front())});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find(first->front().address), std::string::npos) << second.error();
}

TEST(Listener, NamesABadAddress) {
  const auto listeners = open_listeners({.addresses = {"300.1.1.1"}});
  ASSERT_FALSE(listeners);
  EXPECT_NE(listeners.error().find("300.1.1.1"), std::string::npos);
}

TEST(Connect, ReachesAListenerAndReportsRefusal) {
  auto listeners = open_listeners({.addresses = {"127.0.0.1"}, .port = 0});
  ASSERT_TRUE(listeners);
  const Endpoint to(boost::asio::ip::make_address("127.0.0.1"), port_of(listeners->front()));
  asio::io_context io;
  int checks = 0;
  asio::co_spawn(
      io,
      [&]() -> asio::awaitable<void> {
        auto socket = co_await connect(to, std::chrono::seconds(5));
        if (socket && socket->is_open()) ++checks;
        listeners->clear();
        const auto refused = co_await connect(to, std::chrono::seconds(5));
        if (!refused && refused.error() == asio::error::connection_refused) ++checks;
        const auto found = co_await resolve("::1", 110, std::chrono::seconds(1));
        if (found.size() == 1 && text(found.front()) == "[::1]:110") ++checks;
      },
      asio::detached);
  io.run();
  EXPECT_EQ(checks, 3);
}

TEST(OriginalDestination, IsUnknownWithoutRedirection) {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
  EXPECT_FALSE(original_destination(fd.get()));
}

TEST(OwnAddress, KnowsLoopbackAndForeign) {
  EXPECT_TRUE(is_own_address(boost::asio::ip::make_address("127.0.0.1")));
  EXPECT_TRUE(is_own_address(boost::asio::ip::make_address("::ffff:127.0.0.1")));
  EXPECT_TRUE(is_own_address(boost::asio::ip::make_address("::1")));
  EXPECT_FALSE(is_own_address(boost::asio::ip::make_address("192.0.2.1")));
}

TEST(OwnConnections, CountsEqualEndsSeparately) {
  OwnConnections own;
  const Endpoint near(boost::asio::ip::make_address("192.0.2.1"), 4711);
  const Endpoint mapped(boost::asio::ip::make_address("::ffff:192.0.2.1"), 4711);
  const Endpoint far(boost::asio::ip::make_address("198.51.100.1"), 110);
  {
    const OwnConnections::Entry first(own, {near, far});
    { const OwnConnections::Entry second(own, {mapped, far}); }
    EXPECT_TRUE(own.contains({mapped, far}));
    EXPECT_FALSE(own.contains({near, Endpoint(far.address(), 25)})) << "a client on this host may have the same port";
  }
  EXPECT_FALSE(own.contains({near, far}));
}

}  // namespace
}  // namespace p3scan::net
