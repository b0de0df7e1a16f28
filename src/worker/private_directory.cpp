// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/private_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace p3scan::worker {
namespace {

namespace fs = std::filesystem;

UniqueFd open_directory(const std::string& path) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

}  // namespace

Result<PrivateDirectory, std::string> PrivateDirectory::create(const std::string& parent, const std::string& prefix) {
  auto path = fmt::format("{}/{}XXXXXX", parent, prefix);
  if (::mkdtemp(path.data()) != nullptr) {
    // remove_abandoned() of another daemon may be quicker; the caller then fails, and is started again.
    if (auto fd = open_directory(path); fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0)
      return PrivateDirectory(std::move(path), std::move(fd));
  }
  return fail(fmt::format("Can't create a directory in {}: {}", parent, std::generic_category().message(errno)));
}

PrivateDirectory::~PrivateDirectory() {
  if (!lock_) return;  // moved away
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void remove_abandoned(const std::string& parent) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(parent, failed)) {
    const auto fd = open_directory(entry.path().string());
    std::error_code ignored;
    if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace p3scan::worker
