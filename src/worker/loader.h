// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "base/log.h"
#include "base/result.h"
#include "base/unique_fd.h"

// The embedded engine: one loader process reads the database and forks the workers that scan.
namespace p3scan::worker {

struct Options {
  std::string database;                   // directory with ClamAV signatures
  bool database_required = false;         // else the built-in test signature alone will do
  std::string directory;                  // workers get private directories below it
  std::uint32_t workers = 0;              // 0 = one per core
  std::chrono::seconds scantimeout{300};  // one message
  std::uint64_t largest = 0;              // octets of the largest message; 0 = what the engine can take
  bool operator==(const Options&) const = default;
};

/// All that a loader process starts with.
struct LoaderStart {
  Options options;
  std::uint64_t generation = 1;  // a higher one replaces a lower one
  /// SOCK_SEQPACKET to the master. Out: "ready" once all workers are announced, "changed" when the database on disk
  /// has become another one. In: "retire": start no more workers, end when the last has ended. End of file: end now.
  UniqueFd control;
  UniqueFd announcements;  // SOCK_SEQPACKET to the gateway, see scan/worker_wire.h; shared with other loaders
  Log log;
};

/// Runs until retired or told to end. A database that can't be loaded: logged, result 1.
int run_loader(LoaderStart start);

/// Loads the database and scans the test signature with it; says what was loaded or what is wrong.
Result<std::string, std::string> check(const Options& options);

}  // namespace p3scan::worker
