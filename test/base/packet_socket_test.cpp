// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "base/packet_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

namespace p3scan {
namespace {

TEST(PacketSocket, CarriesTextAndDescriptors) {
  auto sockets = packet_sockets();
  ASSERT_TRUE(sockets);
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  ASSERT_TRUE(send_packet(sockets->ours.get(), "two", pipe));
  ASSERT_TRUE(send_packet(sockets->ours.get(), "none"));
  auto first = receive_packet(sockets->theirs.get());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->text, "two");
  ASSERT_EQ(first->fds.size(), 2U);
  EXPECT_NE(::fcntl(first->fds[0].get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(::write(pipe[1], "x", 1), 1);
  char c = 0;
  EXPECT_EQ(::read(first->fds[0].get(), &c, 1), 1);
  const auto second = receive_packet(sockets->theirs.get());
  ASSERT_TRUE(second);
  EXPECT_EQ(second->text, "none");
  EXPECT_TRUE(second->fds.empty());
  for (const int fd : pipe) ::close(fd);
}

TEST(PacketSocket, TellsNothingThereFromTheEnd) {
  auto sockets = packet_sockets();
  ASSERT_TRUE(sockets);
  EXPECT_FALSE(receive_packet(sockets->theirs.get()));
  sockets->ours.reset();
  const auto end = receive_packet(sockets->theirs.get());
  ASSERT_TRUE(end);
  EXPECT_EQ(end->text, "");
  EXPECT_FALSE(send_packet(sockets->theirs.get(), "anybody?"));
}

TEST(PacketSocket, KeepsItsLimits) {
  auto sockets = packet_sockets();
  ASSERT_TRUE(sockets);
  const int fd = sockets->ours.get();
  EXPECT_FALSE(send_packet(fd, ""));
  EXPECT_FALSE(send_packet(fd, std::string(kMaxPacket + 1, 'x')));
  EXPECT_TRUE(send_packet(fd, std::string(kMaxPacket, 'x')));
  EXPECT_FALSE(send_packet(fd, "x", std::vector<int>(kMaxPacketFds + 1, fd)));
  EXPECT_EQ(receive_packet(sockets->theirs.get())->text.size(), kMaxPacket);
  const std::string longer(kMaxPacket + 1, 'x');
  ASSERT_GT(::send(fd, longer.data(), longer.size(), 0), 0);
  EXPECT_FALSE(receive_packet(sockets->theirs.get())) << "a cut packet is none";
}

TEST(PacketSocket, DoesNotWaitForAFullPeerUnlessAsked) {
  auto sockets = packet_sockets();
  ASSERT_TRUE(sockets);
  const std::string text(kMaxPacket, 'x');
  int sent = 0;
  while (sent < 100000 && send_packet(sockets->ours.get(), text)) ++sent;
  EXPECT_GT(sent, 0);
  EXPECT_LT(sent, 100000);
}

}  // namespace
}  // namespace p3scan
