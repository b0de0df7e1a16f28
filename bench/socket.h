// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "loop.h"
#include "task.h"

namespace p3scan::bench {

/// The other side is gone, or says what it must not say. Ends the session.
struct Disconnected : std::exception {
  const char* what() const noexcept override { return "connection lost"; }
};

struct SocketOptions {
  bool tcp = true;        // else a unix socket: its bytes cannot be thrown away without copying them
  bool quickack = false;  // acknowledge every segment at once
};

/// A connected stream socket with a small input buffer. Made for throughput at little cost: bytes whose content
/// does not matter are never copied to user space. One coroutine uses it.
class Socket {
 public:
  Socket(Loop& loop, UniqueFd fd, SocketOptions options);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket(Socket&&) = delete;
  Socket& operator=(Socket&&) = delete;
  ~Socket() = default;

  std::string_view buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t octets) { begin_ += octets; }
  bool has_line() const { return buffered().find('\n') != std::string_view::npos; }

  Task<> fill();  // at least one octet more
  /// The next line without CRLF or LF; the view is good until the next read.
  Task<std::string_view> line() { return until('\n'); }
  /// The octets up to `mark`, which is taken too; a CR before an LF is not part of them.
  Task<std::string_view> until(char mark);
  Task<> discard(std::uint64_t octets);
  Task<> skip_past(std::string_view mark);  // mark included

  Task<> write(std::string_view bytes);
  Task<> send_file(int fd, std::uint64_t octets);
  Task<> connected();  // awaits a connect() in progress

 private:
  std::size_t received(ssize_t count, std::size_t wanted);

  static constexpr std::size_t kBuffer = 16 * 1024;

  UniqueFd fd_;
  SocketOptions options_;
  Watch watch_;
  std::unique_ptr<char[]> buffer_ = std::make_unique_for_overwrite<char[]>(kBuffer);  // untouched pages cost nothing
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// Listening sockets on 127.0.0.1 or at a path (an old one is removed). Throw std::system_error.
UniqueFd listen_tcp(std::uint16_t port);
UniqueFd listen_unix(const std::string& path);
/// Starts to connect to 127.0.0.1. Throws std::system_error when the system is out of descriptors or ports.
UniqueFd connect_tcp(std::uint16_t port);

/// Accepts for ever. Several processes may do so on the same listener.
Detached accept_all(Loop& loop, int listener, std::function<void(UniqueFd)> serve);

}  // namespace p3scan::bench
