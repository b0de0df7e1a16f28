// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/types.h>

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace p3scan::app {

/// How a child process starts: with default signals, but for SIGPIPE and SIGXFSZ (ignored: the calls fail) and SIGINT and
/// SIGHUP (ignored: they are the master's, and a terminal sends them to all), with no descriptor of the parent's but
/// those named, and it ends with its parent.
struct ChildPlan {
  const char* name = "";       // as ps shows it, at most 15 octets
  std::vector<int> keep = {};  // descriptors; 0, 1 and 2 always stay
  std::span<const unsigned> capabilities = {};
  std::function<int()> body = {};  // its result is the exit code
};

/// The process number, or errno.
Result<pid_t, int> start_child(const ChildPlan& plan);

/// "exited with status 3" or "was killed by signal 11 (Segmentation fault)", for a status of waitpid.
std::string describe_end(int status);

}  // namespace p3scan::app
