// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <map>
#include <string>

namespace p3scan::worker {

/// Notices that the database in a directory has become another one. A change counts once the files have stayed the
/// same between two looks, so that one that is just being written is left alone.
class DatabaseWatch {
 public:
  explicit DatabaseWatch(std::string directory);

  /// True once per change; to be called every few seconds.
  bool changed();

 private:
  struct Version {
    long long size = 0;
    long long time = 0;  // nanoseconds
    unsigned long long inode = 0;
    bool operator==(const Version&) const = default;
  };
  using Files = std::map<std::string, Version>;
  Files look() const;

  std::string directory_;
  Files loaded_;
  Files seen_;
};

}  // namespace p3scan::worker
