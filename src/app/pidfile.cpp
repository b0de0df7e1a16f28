// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/pidfile.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/ascii.h"

namespace p3scan::app {
namespace {

std::string why(int cause) { return std::generic_category().message(cause); }

std::string holder(int fd) {
  std::array<char, 32> text{};
  const auto n = ::pread(fd, text.data(), text.size(), 0);
  const auto pid = ascii::trim({text.data(), n > 0 ? static_cast<std::size_t>(n) : 0});
  return ascii::number<pid_t>(pid) ? fmt::format(" (p3scan runs as process {})", pid) : std::string{};
}

/// The file that was locked may meanwhile have been removed by the daemon that ended.
bool still_there(int fd, const std::string& path) {
  struct stat opened{};
  struct stat named{};
  return ::fstat(fd, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

bool plain(int fd) {
  struct stat st{};
  return ::fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink <= 1;
}

}  // namespace

Result<PidFile, std::string> PidFile::acquire(const std::string& path) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    // The directory may belong to an unprivileged user: no following of links, no waiting for a FIFO's reader.
    constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    UniqueFd fd(::open(path.c_str(), flags, 0644));  // NOLINT(cppcoreguidelines-pro-type-vararg): open is
    if (!fd) return fail(fmt::format("Can't write PID to {}: {}", path, why(errno)));
    if (!plain(fd.get())) return fail(fmt::format("Can't write PID to {}: not a plain file", path));
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
      return fail(fmt::format("PID file {} exists! Aborting!{}", path, holder(fd.get())));
    if (still_there(fd.get(), path)) return PidFile(std::move(fd), path);
  }
  return fail(fmt::format("Can't write PID to {}: it vanishes again and again", path));
}

Result<void, std::string> PidFile::give_to(uid_t uid, gid_t gid) {
  if (::fchown(fd_.get(), uid, gid) == 0) return {};
  return fail(fmt::format("Can't change the owner of {}: {}", path_, why(errno)));
}

Result<void, std::string> PidFile::write() {
  const auto text = fmt::format("{}\n", ::getpid());
  if (::ftruncate(fd_.get(), 0) == 0 && ::pwrite(fd_.get(), text.data(), text.size(), 0) == std::ssize(text)) return {};
  return fail(fmt::format("Can't write PID to {}: {}", path_, why(errno)));
}

bool PidFile::remove() { return ::unlink(path_.c_str()) == 0; }

}  // namespace p3scan::app
