// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

// Our processes talk in short packets over SOCK_SEQPACKET, some with descriptors (SCM_RIGHTS).
namespace p3scan {

constexpr std::size_t kMaxPacket = 4096;
constexpr std::size_t kMaxPacketFds = 4;

struct SocketPair {
  UniqueFd ours;
  UniqueFd theirs;
};
/// Connected, close-on-exec; fails with errno.
Result<SocketPair, int> packet_sockets();

enum class Wait { no, yes };

/// One packet of at most kMaxPacket octets and kMaxPacketFds descriptors, which stay the caller's. False when the
/// other side is gone, or when it can't go out at once and `wait` says no.
bool send_packet(int socket, std::string_view text, std::span<const int> fds = {}, Wait wait = Wait::no);

struct Packet {
  std::string text;           // empty: end of file, the other side is gone
  std::vector<UniqueFd> fds;  // close-on-exec
};
/// Nothing on an error, when the packet was cut, or when none is there and `wait` says no.
std::optional<Packet> receive_packet(int socket, Wait wait = Wait::no);

}  // namespace p3scan
