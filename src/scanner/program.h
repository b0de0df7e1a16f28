// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <span>
#include <string>

#include "base/asio/asio.h"
#include "base/result.h"
#include "scanner/process.h"

namespace p3scan {

/// A process with a file or nothing as its input, output and errors in one pipe.
class Program {
 public:
  /// `input`: an open file for its standard input; -1 for /dev/null. The error is an errno value.
  static Result<Program, int> start(const asio::any_io_executor& executor, std::span<const std::string> words,
                                    int input = -1);

  /// Reads what it prints until it ended; keeps the first `most` octets in `output`, the rest is read and dropped.
  /// Who inherited the pipe from it is not waited for.
  asio::awaitable<scan::ScannerExit> run(std::string& output, std::size_t most);

 private:
  using Pipe = asio::posix::stream_descriptor;

  Program(Process process, Pipe output) : process_(std::move(process)), output_(std::move(output)) {}
  asio::awaitable<void> drain(std::string& output, std::size_t most);
  void take_rest(std::string& output, std::size_t most);

  Process process_;
  Pipe output_;
};

}  // namespace p3scan
