// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/work_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace p3scan {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0750;
constexpr std::string_view kPrefix = "basic.";  // others may have directories of theirs beside ours

UniqueFd open_directory(const std::string& path) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is variadic
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

auto failure(const std::string& path) {
  return fail(fmt::format("Can't use {}: {}", path, std::generic_category().message(errno)));
}

/// Directories of ours that nobody has locked. The parent is locked meanwhile, so none of them is being made.
void remove_stale(const std::string& parent) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    if (!entry.path().filename().string().starts_with(kPrefix)) continue;
    const auto lock = open_directory(entry.path());
    if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

Result<WorkDirectory, std::string> WorkDirectory::create(const std::string& parent) {
  if (::mkdir(parent.c_str(), kMode) != 0 && errno != EEXIST) return failure(parent);
  const auto guard = open_directory(parent);
  if (!guard || ::flock(guard.get(), LOCK_EX) != 0) return failure(parent);
  remove_stale(parent);
  auto path = fmt::format("{}/{}XXXXXX", parent, kPrefix);
  if (::mkdtemp(path.data()) == nullptr || ::chmod(path.c_str(), kMode) != 0) return failure(parent);
  auto lock = open_directory(path);
  if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return failure(path);
  return WorkDirectory(std::move(path), std::move(lock));
}

WorkDirectory::~WorkDirectory() {
  std::error_code ignored;
  if (lock_) fs::remove_all(path_, ignored);
}

}  // namespace p3scan
