// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/packets.h"

#include <sys/socket.h>

#include <cerrno>

#include "authority/wire.h"

namespace p3scan::authority {
namespace {

bool would_block(int cause) { return cause == EAGAIN || cause == EWOULDBLOCK; }

}  // namespace

Sent send_wire(int socket, std::string_view packet, bool wait) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): only read
  iovec part{const_cast<char*>(packet.data()), packet.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ssize_t sent = -1;
  do {
    sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) return Sent::yes;
  return would_block(errno) ? Sent::full : Sent::gone;
}

std::optional<std::string> receive_wire(int socket, bool wait) {
  std::string packet(kMaxWire, '\0');
  iovec part{packet.data(), packet.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ssize_t got = -1;
  do {
    got = ::recvmsg(socket, &message, wait ? 0 : MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && would_block(errno)) return std::nullopt;
  if (got < 0 || (message.msg_flags & MSG_TRUNC) != 0) return std::string();
  packet.resize(static_cast<std::size_t>(got));
  return packet;
}

}  // namespace p3scan::authority
