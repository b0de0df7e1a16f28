// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
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
  bool tcp = true;         // else a unix socket: its bytes cannot be thrown away without copying them
  bool quickack = false;   // acknowledge every segment at once
  std::uint64_t pace = 0;  // octets a second that discard() takes and send_file() gives; 0 = as fast as can be
};

/// Holds a transfer to a number of octets a second.
class Pace {
 public:
  Pace(Loop& loop, std::uint64_t per_second) : loop_(loop), per_second_(per_second) {}
  void restart() {
    done_ = 0;
    begin_ = Clock::now();
  }
  std::uint64_t step(std::uint64_t octets) const { return per_second_ == 0 ? octets : std::min(octets, kStep); }
  /// co_await after each step.
  Sleep after(std::uint64_t octets) {
    using Nanoseconds = std::chrono::duration<double, std::nano>;
    if (per_second_ == 0) return {loop_, Clock::time_point::min()};
    done_ += octets;
    const Nanoseconds due(1e9 * static_cast<double>(done_) / static_cast<double>(per_second_));
    return {loop_, begin_ + std::chrono::duration_cast<Clock::duration>(due)};
  }

 private:
  static constexpr std::uint64_t kStep = 32 * 1024;

  Loop& loop_;
  std::uint64_t per_second_;
  std::uint64_t done_ = 0;
  Clock::time_point begin_ = Clock::now();
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
  void restart_pace() { pace_.restart(); }  // send_file() does; discard() goes on where it was
  Task<> connected();                       // awaits a connect() in progress

 private:
  std::size_t received(ssize_t count, std::size_t wanted);

  static constexpr std::size_t kBuffer = 16 * 1024;

  UniqueFd fd_;
  SocketOptions options_;
  Pace pace_;
  Watch watch_;
  std::unique_ptr<char[]> buffer_ = std::make_unique_for_overwrite<char[]>(kBuffer);  // untouched pages cost nothing
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// Listening sockets on 127.0.0.1 or at a path (an old one is removed). Throw std::system_error.
UniqueFd listen_tcp(std::uint16_t port);
UniqueFd listen_unix(const std::string& path);
/// Starts to connect to 127.0.0.1 from 127.0.0.2, since clients are not the proxy itself. Throws std::system_error when the system is out of descriptors or ports.
UniqueFd connect_tcp(std::uint16_t port);

/// Accepts for ever. Several processes may do so on the same listener.
Detached accept_all(Loop& loop, int listener, std::function<void(UniqueFd)> serve);

}  // namespace p3scan::bench
