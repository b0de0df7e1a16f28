// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/types.h>

#include <span>
#include <string>

#include "base/asio/asio.h"
#include "base/result.h"
#include "scan/exit_status.h"

namespace p3scan {

/// What a new process has as its input, output and errors: descriptors of the caller, which stay the caller's.
struct ProcessStreams {
  int input = -1;  // -1: nothing to read (/dev/null)
  int output = -1;
  int errors = -1;
};

/// A program that was started without a shell, in a process group of its own, with no descriptors but its three
/// streams. Destroying it while it runs kills the whole group. Needs SIGCHLD not to be ignored.
class Process {
 public:
  /// The error is an errno value.
  static Result<Process, int> start(const asio::any_io_executor& executor, std::span<const std::string> words,
                                    ProcessStreams streams);
  Process(Process&&) noexcept;
  Process& operator=(Process&&) = delete;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  /// Waits until it ended; take_exit() tells how. Throws operation_aborted when cancelled.
  asio::awaitable<void> wait();
  /// Kills the whole group at once; wait() then ends soon.
  void kill() const;
  /// How it ended; blocks if it did not. May be asked once.
  scan::ScannerExit take_exit();

 private:
  using Descriptor = asio::posix::stream_descriptor;

  Process(pid_t pid, Descriptor ended) : pid_(pid), ended_(std::move(ended)) {}

  pid_t pid_;         // 0: ended and reaped
  Descriptor ended_;  // pidfd
};

/// Where the program `name` is found, by PATH if it has no slash; empty if it is not there or not executable.
std::string find_program(const std::string& name);

}  // namespace p3scan
