// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace p3scan::worker {

/// A directory for our processes alone (mode 0700), locked as long as one of them lives: what a crash leaves behind
/// is told from what is in use. Removed, with everything in it, by the destructor.
class PrivateDirectory {
 public:
  /// `parent`/`prefix`XXXXXX
  static Result<PrivateDirectory, std::string> create(const std::string& parent, const std::string& prefix);
  PrivateDirectory(PrivateDirectory&&) = default;
  PrivateDirectory& operator=(PrivateDirectory&&) = delete;
  PrivateDirectory(const PrivateDirectory&) = delete;
  PrivateDirectory& operator=(const PrivateDirectory&) = delete;
  ~PrivateDirectory();

  const std::string& path() const { return path_; }

 private:
  PrivateDirectory(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  UniqueFd lock_;  // inherited by forked processes, which keep the lock
};

/// Removes the directories in `parent` that nobody holds.
void remove_abandoned(const std::string& parent);

}  // namespace p3scan::worker
