// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <string_view>

// The signer's packets on a SOCK_SEQPACKET: longer ones than base/packet_socket.h has, without descriptors, and by
// sendmsg and recvmsg alone, as its sandbox demands.
namespace p3scan::authority {

enum class Sent { yes, full, gone };

/// Full: it can't go out at once, and `wait` says no.
Sent send_wire(int socket, std::string_view packet, bool wait);

/// At most kMaxWire octets; empty: the other side is gone, or said more. Nothing: there is none, and `wait` says no.
std::optional<std::string> receive_wire(int socket, bool wait);

}  // namespace p3scan::authority
