// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <utility>
#include <vector>

#include "base/unique_fd.h"

namespace p3scan {
namespace {

/// What posix_spawn wants to know: descriptors, process group and signals of the new process.
class SpawnPlan {
 public:
  explicit SpawnPlan(ProcessStreams streams) {
    posix_spawn_file_actions_init(&files_);
    if (streams.input < 0) {
      posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    } else {
      posix_spawn_file_actions_adddup2(&files_, streams.input, STDIN_FILENO);
    }
    posix_spawn_file_actions_adddup2(&files_, streams.output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files_, streams.errors, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);  // ours are ignored or blocked
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  SpawnPlan(SpawnPlan&&) = delete;
  SpawnPlan& operator=(SpawnPlan&&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }

  Result<pid_t, int> spawn(std::span<const std::string> words) const {
    std::vector<char*> argv;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): the form of C, nobody writes
    for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    pid_t pid = 0;
    const int error = ::posix_spawnp(&pid, argv.front(), &files_, &attributes_, argv.data(), environ);
    if (error != 0) return fail(error);
    return pid;
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

scan::ScannerExit reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return {.signal = 0, .code = -1};  // somebody else reaped it: nothing is known
  }
  if (WIFSIGNALED(status)) return {.signal = WTERMSIG(status), .code = 0};
  return {.signal = 0, .code = WEXITSTATUS(status)};
}

asio::awaitable<void> reap_later(pid_t pid, asio::posix::stream_descriptor ended) {
  co_await ended.async_wait(asio::posix::stream_descriptor::wait_read, kNothrow);
  reap(pid);
}

bool is_executable(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

Result<Process, int> Process::start(const asio::any_io_executor& executor, std::span<const std::string> words,
                                    ProcessStreams streams) {
  const auto pid = SpawnPlan(streams).spawn(words);
  if (!pid) return fail(pid.error());
  UniqueFd ended(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
  if (!ended) {
    const int error = errno;
    ::kill(-*pid, SIGKILL);
    reap(*pid);
    return fail(error);
  }
  return Process(*pid, Descriptor(executor, ended.release()));
}

Process::Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, 0)), ended_(std::move(other.ended_)) {}

Process::~Process() {
  if (pid_ == 0) return;
  ::kill(-pid_, SIGKILL);
  // Dying may take a while (a disk that does not answer), and nobody may wait for that.
  try {
    const auto executor = ended_.get_executor();
    asio::co_spawn(executor, reap_later(pid_, std::move(ended_)), asio::detached);
  } catch (const std::exception&) {
    reap(pid_);  // no memory for a coroutine
  }
}

asio::awaitable<void> Process::wait() { co_await ended_.async_wait(Descriptor::wait_read, asio::use_awaitable); }

void Process::kill() const { ::kill(-pid_, SIGKILL); }

scan::ScannerExit Process::take_exit() { return reap(std::exchange(pid_, 0)); }

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return is_executable(name) ? name : std::string();
  const char* const set = ::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  std::string_view path = set == nullptr ? "/bin:/usr/bin" : set;
  while (!path.empty()) {
    const auto directory = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(path.size(), directory.size() + 1));
    auto candidate = std::string(directory) + '/' + name;
    if (!directory.empty() && is_executable(candidate)) return candidate;
  }
  return {};
}

}  // namespace p3scan
