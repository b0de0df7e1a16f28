// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>
#include <stdexcept>

#include "base/packet_socket.h"
#include "scan/worker_reply.h"
#include "scan/worker_wire.h"

namespace p3scan::test {

/// A process that does nothing but wait for its end.
class IdleProcess {
 public:
  IdleProcess() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) ::close_range(0, ~0U, 0);  // else it keeps the sockets of others open
    while (pid_ == 0) ::pause();
    ::close(ends[1]);
    char c = 0;
    while (::read(ends[0], &c, 1) > 0) {}  // until it has closed them
    ::close(ends[0]);
  }
  IdleProcess(const IdleProcess&) = delete;
  IdleProcess& operator=(const IdleProcess&) = delete;
  IdleProcess(IdleProcess&&) = delete;
  IdleProcess& operator=(IdleProcess&&) = delete;
  ~IdleProcess() { end(); }

  pid_t pid() const { return pid_; }
  UniqueFd handle() const { return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))); }

  /// Whether somebody ended it. A signal that was sent to it takes effect before this returns.
  bool was_killed() {
    int status = 0;
    if (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) pid_ = 0;
    return pid_ == 0;
  }
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
};

/// The other side of a worker's job socket, with a process to be killed.
class FakeWorker {
 public:
  /// Announces itself on `announcements`.
  FakeWorker(int announcements, std::uint64_t generation) {
    auto sockets = packet_sockets();
    if (!sockets) throw std::runtime_error("socketpair");
    socket_ = std::move(sockets->ours);
    const auto handle = process.handle();
    const std::array fds{sockets->theirs.get(), handle.get()};
    const auto text = scan::encode_announcement({.generation = generation, .pid = process.pid()});
    if (!send_packet(announcements, text, fds)) throw std::runtime_error("announcement");
  }

  /// The octets of the message of a job, if one has come.
  std::optional<std::string> job() {
    auto packet = receive_packet(socket_.get());
    if (!packet || packet->text != scan::kWorkerJob || packet->fds.size() != 1) return std::nullopt;
    std::string octets(4096, '\0');
    const auto n = ::pread(packet->fds[0].get(), octets.data(), octets.size(), 0);
    octets.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return octets;
  }
  void answer(const scan::Verdict& verdict) { say(scan::encode_worker_reply(verdict)); }
  void say(std::string_view text) { send_packet(socket_.get(), text); }
  /// The pool has no more use for it.
  bool was_retired() {
    const auto packet = receive_packet(socket_.get());
    return packet && packet->text.empty();
  }
  void die() { socket_.reset(); }

  IdleProcess process;

 private:
  UniqueFd socket_;
};

}  // namespace p3scan::test
