// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/types.h>

#include <span>
#include <string>

#include "base/asio/asio.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "scan/exit_status.h"

namespace p3scan {

/// A program that was started: no shell, a file or nothing on its input, output and errors in one pipe, a process group of its
/// own. Destroying it while it runs kills the whole group. Needs SIGCHLD not to be ignored.
class Program {
 public:
  /// `input`: an open file for its standard input; -1 for /dev/null. The error is an errno value.
  static Result<Program, int> start(const asio::any_io_executor& executor, std::span<const std::string> words,
                                    int input = -1);
  Program(Program&&) noexcept;
  Program& operator=(Program&&) = delete;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  /// Reads what it prints until it ended; keeps the first `most` octets in `output`, the rest is read and dropped.
  /// Who inherited the pipe from it is not waited for.
  asio::awaitable<scan::ScannerExit> run(std::string& output, std::size_t most);

 private:
  using Pipe = asio::posix::stream_descriptor;

  Program(pid_t pid, Pipe ended, Pipe output) : pid_(pid), ended_(std::move(ended)), output_(std::move(output)) {}
  asio::awaitable<void> drain(std::string& output, std::size_t most);
  void take_rest(std::string& output, std::size_t most);

  pid_t pid_;   // 0: ended and reaped
  Pipe ended_;  // pidfd
  Pipe output_;
};

/// Where the program `name` is found, by PATH if it has no slash; empty if it is not there or not executable.
std::string find_program(const std::string& name);

}  // namespace p3scan
