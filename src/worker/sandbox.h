// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"

namespace p3scan::worker {

struct SandboxLimits {
  std::string directory;        // the only place in the file system; empty: there is none
  std::uint64_t memory = 0;     // octets of private memory beyond what is in use now
  std::uint64_t file_size = 0;  // octets of the largest file it may write
};

/// From here on the process can compute, use the descriptors it has, receive more, and work on files in one
/// directory. No other file, no socket, no program, no other process (seccomp, Landlock, resource limits).
/// For a process with one thread. A text says what was not possible; a kernel without Landlock is not an error, see
/// landlock_version().
Result<void, std::string> enter_sandbox(const SandboxLimits& limits);

/// 0 = the kernel has none: seccomp alone guards, and files that the user may read can be read.
int landlock_version();

}  // namespace p3scan::worker
