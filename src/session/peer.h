// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "net/connect.h"
#include "net/event.h"
#include "net/tls.h"

namespace p3scan::session {

/// Octets received and not yet used. No memory while a session is idle, grows with what arrives up to `limit`.
class InputBuffer {
 public:
  static constexpr std::size_t kFirst = 4096;  // holds any command and most replies

  explicit InputBuffer(std::size_t limit) : limit_(limit) {}

  std::string_view bytes() const { return {data_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t n) { begin_ += n; }

  /// Where the next octets go; empty when the limit is reached. Moves what is held: no read may be under way.
  std::span<char> space(bool grow);
  void commit(std::size_t n) { end_ += n; }
  /// Gives memory back when nothing is held.
  void shrink();
  bool is_large() const { return capacity_ > kFirst; }  // much has arrived lately
  bool is_full() const { return end_ - begin_ == limit_; }

 private:
  void move_to(std::size_t capacity);

  std::size_t limit_;
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// When a session last heard from or got rid of something; shared by both of its peers.
class Activity {
 public:
  using Clock = std::chrono::steady_clock;
  void touch() { last_ = Clock::now(); }
  Clock::time_point last() const { return last_; }

 private:
  Clock::time_point last_ = Clock::now();
};

/// One side of a session. One coroutine, pump(), owns the read for the whole session; a read is never cancelled to
/// wait for something else, since a TLS stream would not survive that. Errors of a peer are the end of that peer.
class Peer {
 public:
  Peer(const asio::any_io_executor& executor, Activity& activity, std::size_t buffer_limit)
      : activity_(activity), input_(buffer_limit), room_(executor), attached_(executor) {}

  /// In place of an earlier connection, of which nothing is left.
  void attach(net::Socket socket);
  /// From here on everything is inside this session, whose handshake is done. Nothing received before may be left.
  void attach_tls(std::unique_ptr<net::TlsSession> tls);
  const net::TlsSession* tls() const { return tls_.get(); }  // none: plain text
  bool is_attached() const { return socket_.has_value(); }
  /// The peer will never be there: it looks as if it had closed.
  void give_up();

  std::string_view received() const { return input_.bytes(); }
  void consume(std::size_t n);
  bool closed() const { return closed_; }            // nothing will follow received()
  bool unreachable() const { return unreachable_; }  // what is written is dropped

  /// One read. False when there is no room for one: what is held must be used first.
  asio::awaitable<bool> fill();
  /// Reads until the peer closes; sets `news` after each read. Waits for attach() first.
  asio::awaitable<void> pump(net::Event& news);

  /// Nothing is read until resume(), so that somebody else can use the socket: what the kernel holds stays there.
  void pause() { paused_ = true; }
  void resume() {
    paused_ = false;
    room_.set();
  }

  /// Writes everything, as one segment train. A peer that is gone is no error here: see unreachable().
  asio::awaitable<void> write(std::span<const asio::const_buffer> buffers);
  asio::awaitable<void> write(std::string_view bytes);

  void shutdown_send();
  /// Stops every operation under way; nothing can be read or written any more.
  void abort();
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): after attach() only
  net::Socket& socket() { return *socket_; }

 private:
  std::size_t read_ready();
  std::size_t receive(std::span<char> into, error_code& ec);
  std::size_t send(std::span<const asio::const_buffer> buffers, error_code& ec);
  asio::awaitable<void> write_rest(std::vector<asio::const_buffer> buffers, std::size_t sent);

  Activity& activity_;
  std::optional<net::Socket> socket_;
  std::unique_ptr<net::TlsSession> tls_;
  InputBuffer input_;
  net::Event room_;
  net::Event attached_;
  bool waiting_ = false;  // for octets: nothing reads into the buffer
  bool few_ = false;      // of them came last
  bool drained_ = true;   // the last read took all there was
  bool paused_ = false;
  bool closed_ = false;
  bool unreachable_ = false;
};

}  // namespace p3scan::session
