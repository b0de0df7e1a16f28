// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace p3scan::app {

/// The file with the process number of the running daemon. The living daemon holds a lock on it, so a file left
/// behind by a crash is told from a living daemon's whatever number it holds.
class PidFile {
 public:
  /// Opens or creates the file and locks it. Refuses when a daemon holds it, and when the path is no plain file of
  /// its own (a link that somebody placed there, for example).
  static Result<PidFile, std::string> acquire(const std::string& path);

  /// Makes the file the property of the user that the daemon will run as.
  Result<void, std::string> give_to(uid_t uid, gid_t gid);
  /// Writes the number of the calling process.
  Result<void, std::string> write();
  /// Removes the file; false if that was not possible.
  bool remove();

  const std::string& path() const { return path_; }
  int descriptor() const { return fd_.get(); }

 private:
  PidFile(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  UniqueFd fd_;
  std::string path_;
};

}  // namespace p3scan::app
