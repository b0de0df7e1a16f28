// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace p3scan::test {

/// A directory that lives as long as the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string path = "/tmp/p3scan-test-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) std::abort();
    path_ = path;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline void write_file(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline UniqueFd memory_file(std::string_view text) {
  UniqueFd fd(::memfd_create("test", MFD_CLOEXEC));
  while (!text.empty()) {
    const auto n = ::write(fd.get(), text.data(), text.size());
    if (n <= 0) std::abort();
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return fd;
}

}  // namespace p3scan::test
