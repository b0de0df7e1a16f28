// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace p3scan {

/// A directory in which messages get a name for a scanner program, removed with all in it at the end. A lock shows
/// that it is in use; what a crash left behind without one is removed when the next is made.
class WorkDirectory {
 public:
  /// Makes `parent` (mode 0750) if need be, and in it a directory of our own (mode 0750: a scanner of the same group
  /// may look inside). The error is for the administrator.
  static Result<WorkDirectory, std::string> create(const std::string& parent);
  WorkDirectory(WorkDirectory&&) = default;
  WorkDirectory& operator=(WorkDirectory&&) = delete;
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  ~WorkDirectory();

  const std::string& path() const { return path_; }

 private:
  WorkDirectory(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  UniqueFd lock_;  // none after a move
};

}  // namespace p3scan
