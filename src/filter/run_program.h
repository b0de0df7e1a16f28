// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "spool/message.h"

namespace p3scan {

/// How a program gets a message and what may become of it.
struct ProgramCall {
  std::vector<std::string> words;     // program and arguments, see scan/command_line.h; never through a shell
  std::chrono::milliseconds limit{};  // for the whole run
  SpoolLimits spool;                  // for what it prints; more than `largest` is a failure
  bool repair_line_ends = false;      // LF without CR in what it prints becomes CRLF
};

/// What became of it.
struct ProgramOutput {
  std::string failure;              // why there is no result: not started, killed, too slow, too much; empty: it ended
  int code = 0;                     // its exit code, if it ended by itself
  std::shared_ptr<Message> output;  // complete; what it printed on its standard output; none after a failure
  bool same = false;                // it printed just what it was given; `output` is the same even then
  std::string errors;               // the first 4 KiB of its standard error, as they are: for the log, line by line
};

/// Runs the program with the complete `message` as its standard input (a file, so a program that does not read it is
/// no trouble). Ends as soon as the program does: who inherited its output is not waited for. Over the limit its whole
/// process group is killed, and so it is when this coroutine is cancelled (which throws operation_aborted).
boost::asio::awaitable<ProgramOutput> run_program(Message& message, ProgramCall call);

/// The words of a command in which the element `placeholder` ("htmluser", "dspamuser"), also within a word, is
/// replaced by the login name `user`: one element of argv stays one, whatever the name contains. Without a name the
/// placeholder stays. A name that begins with "-" could be taken for an option: nothing is given then but "unknown".
std::vector<std::string> with_user(std::vector<std::string> words, std::string_view placeholder, std::string_view user);

}  // namespace p3scan
