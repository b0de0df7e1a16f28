// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/daemonize.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace p3scan::app {
namespace {

[[noreturn]] void report_outcome(int fd) {
  char byte = 0;
  ssize_t n = -1;
  do {
    n = ::read(fd, &byte, 1);
  } while (n < 0 && errno == EINTR);
  std::_Exit(n == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace

Result<void, std::string> Background::detach() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(std::generic_category().message(errno));
  const UniqueFd outcome(ends[0]);
  parent_ = UniqueFd(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return fail(std::generic_category().message(errno));
  if (pid > 0) {
    parent_.reset();
    report_outcome(outcome.get());
  }
  ::setsid();
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));  // NOLINT(cppcoreguidelines-pro-type-vararg): open is
  if (!null) return fail(fmt::format("/dev/null: {}", std::generic_category().message(errno)));
  // stderr stays until ready(): start-up errors belong to whoever started us.
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO}) ::dup2(null.get(), fd);
  return {};
}

void Background::ready() {
  if (!parent_) return;
  ::dup2(STDIN_FILENO, STDERR_FILENO);
  [[maybe_unused]] const auto n = ::write(parent_.get(), "", 1);
  parent_.reset();
}

void settle_down() {
  [[maybe_unused]] const int moved = ::chdir("/");
  ::umask(0077);
}

}  // namespace p3scan::app
