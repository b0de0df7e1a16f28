// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <span>
#include <string_view>

#include "proto/dot.h"
#include "session/decided.h"
#include "session/peer.h"
#include "spool/message.h"

namespace p3scan::session {

/// Writes the decided version of one message to a peer. Lines of the message itself that its sender failed to dot-stuff
/// stay that way.
class Delivery {
 public:
  Delivery(Peer& to, proto::Framing framing, std::span<const std::uint64_t> lone_dots)
      : to_(to), framing_(framing), lone_dots_(lone_dots) {}

  /// Words that go out in the same write as the first octets; the view must outlive run().
  void say_first(std::string_view words) { put_raw(words); }

  /// Everything of the decided version behind its first `from` octets, and the terminator where the framing has one.
  /// False when the spool can't be read: the message is then incomplete, without its terminator, and the
  /// connection must be cut. A peer that is gone is no error here.
  asio::awaitable<bool> run(const Decided& decided, const Message& message, std::uint64_t from);

 private:
  void put_raw(std::string_view bytes);
  void put(std::string_view content, std::span<const std::uint64_t> lone_dots, std::uint64_t offset);
  asio::awaitable<bool> put_message(const Message& message, std::uint64_t from, std::uint64_t to);
  asio::awaitable<void> flush();

  Peer& to_;
  proto::Framing framing_;
  std::span<const std::uint64_t> lone_dots_;
  proto::DotWriter dots_;
  std::vector<std::string_view> stuffed_;
  std::vector<asio::const_buffer> pending_;
  std::unique_ptr<char[]> chunk_;
};

}  // namespace p3scan::session
