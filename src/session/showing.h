// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "base/asio/asio.h"
#include "proto/dialog.h"
#include "session/peer.h"
#include "session/whole.h"

namespace p3scan::session {

/// Writes to a peer what an answer makes of a decided message. Octets of a large one come from the spool, chunk by
/// chunk, as fast as the peer takes them.
class Showing {
 public:
  Showing(Peer& to, asio::thread_pool& blocking) : to_(to), blocking_(blocking) {}

  /// Nothing, or why the connection must be cut. `words` go out first and must outlive this. A peer that is gone is no
  /// error here.
  asio::awaitable<std::string_view> run(std::string_view words, std::shared_ptr<Whole> whole,
                                        std::shared_ptr<const proto::Answer> answer);

 private:
  using Pieces = std::vector<proto::Piece>;

  asio::awaitable<Pieces> pieces_of(Whole& whole, std::shared_ptr<const proto::Answer> answer);
  asio::awaitable<bool> put(const Message& message, std::uint64_t from, std::uint64_t length);
  asio::awaitable<void> flush();

  Peer& to_;
  asio::thread_pool& blocking_;
  std::vector<asio::const_buffer> pending_;
  std::unique_ptr<char[]> chunk_;
};

}  // namespace p3scan::session
