// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/child.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "app/privileges.h"
#include "base/log.h"

namespace p3scan::app {
namespace {

void close_all_but(std::vector<int> keep) {
  std::ranges::sort(keep);
  unsigned next = STDERR_FILENO + 1;
  for (const int fd : keep) {
    if (fd < static_cast<int>(next)) continue;
    if (static_cast<unsigned>(fd) > next) ::close_range(next, static_cast<unsigned>(fd) - 1, 0);
    next = static_cast<unsigned>(fd) + 1;
  }
  ::close_range(next, ~0U, 0);
}

void reset_signals() {
  struct sigaction as_usual{};
  as_usual.sa_handler = SIG_DFL;
  struct sigaction ignored{};
  ignored.sa_handler = SIG_IGN;
  for (const int signal : {SIGTERM, SIGCHLD, SIGUSR1, SIGUSR2, SIGALRM}) ::sigaction(signal, &as_usual, nullptr);
  // SIGXFSZ: a file size limit is to fail one write, not to end the process.
  for (const int signal : {SIGINT, SIGHUP, SIGPIPE, SIGXFSZ}) ::sigaction(signal, &ignored, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void be_child(const ChildPlan& plan, pid_t parent) {
  reopen_syslog();
  close_all_but(plan.keep);
  reset_signals();
  ::prctl(PR_SET_NAME, plan.name, 0, 0, 0);  // NOLINT(cppcoreguidelines-pro-type-vararg)
  if (!keep_only(plan.capabilities)) std::_Exit(EXIT_FAILURE);
  seal_process();
  // Last, because a change of credentials undoes it; a parent that died before can't be noticed otherwise.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);  // NOLINT(cppcoreguidelines-pro-type-vararg)
  if (::getppid() != parent) std::_Exit(EXIT_FAILURE);
  int code = EXIT_FAILURE;
  try {
    code = plan.body();
  } catch (const std::exception& e) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): syslog has no other form
    ::syslog(LOG_ERR, "ERR: %s ends: %s", plan.name, e.what());
    [[maybe_unused]] const auto n = ::write(STDERR_FILENO, e.what(), std::strlen(e.what()));
  }
  // Not exit(): what the parent registered to be done at its end is not ours to do.
  std::_Exit(code);
}

}  // namespace

Result<pid_t, int> start_child(const ChildPlan& plan) {
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return fail(errno);
  if (pid == 0) be_child(plan, parent);
  return pid;
}

std::string describe_end(int status) {
  if (WIFEXITED(status)) return fmt::format("exited with status {}", WEXITSTATUS(status));
  const int signal = WTERMSIG(status);
  const char* const name = ::sigdescr_np(signal);
  return fmt::format("was killed by signal {} ({})", signal, name != nullptr ? name : "unknown");
}

}  // namespace p3scan::app
