// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/rules/run_steps.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "app/child.h"
#include "base/ascii.h"
#include "base/unique_fd.h"

namespace p3scan::app::rules {
namespace {

constexpr std::size_t kMostOutput = 65536;

struct Ended {
  int status = 0;
  std::string output;  // what it printed, errors included
};

std::string why(int cause) { return std::generic_category().message(cause); }

/// Root must not run what somebody put into a directory of PATH.
std::string find(const std::string& name) {
  for (const auto* const directory : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"})
    if (auto path = directory + name; ::access(path.c_str(), X_OK) == 0) return path;
  return {};
}

UniqueFd file_with(const std::string& text) {
  UniqueFd fd(::memfd_create("p3scan-rules", MFD_CLOEXEC));
  if (fd && ::pwrite(fd.get(), text.data(), text.size(), 0) != std::ssize(text)) fd.reset();
  return fd;
}

void read_all(int fd, std::string& output) {
  std::array<char, 4096> piece{};
  for (;;) {
    const auto n = ::read(fd, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    if (output.size() < kMostOutput) output.append(piece.data(), static_cast<std::size_t>(n));
  }
}

int spawn(pid_t& pid, const std::string& program, const std::vector<std::string>& words, int input, int output) {
  std::vector<char*> arguments;
  for (const auto& word : words)
    arguments.push_back(const_cast<char*>(word.c_str()));  // NOLINT: exec leaves them alone
  arguments.push_back(nullptr);
  std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  std::string language = "LC_ALL=C";
  const std::array<char*, 3> environment{path.data(), language.data(), nullptr};
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
  const int failed = ::posix_spawn(&pid, program.c_str(), &files, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&files);
  return failed;
}

Result<Ended, std::string> run(const std::vector<std::string>& words, const std::string& input) {
  const auto program = find(words.front());
  if (program.empty()) return fail(fmt::format("{} is not installed", words.front()));
  std::array<int, 2> ends{};
  const auto in = file_with(input);
  if (!in || ::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(fmt::format("{}: {}", program, why(errno)));
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  pid_t pid = 0;
  if (const int failed = spawn(pid, program, words, in.get(), writer.get()); failed != 0)
    return fail(fmt::format("{}: {}", program, why(failed)));
  writer.reset();
  Ended ended;
  read_all(reader.get(), ended.output);
  while (::waitpid(pid, &ended.status, 0) < 0 && errno == EINTR) {}
  return ended;
}

Result<bool, std::string> answer(const Question& question) {
  const auto ended = run(question.words, {});
  if (!ended) return fail(ended.error());
  return ended->status == 0 && (!question.must_print || !ended->output.empty());
}

Result<void, std::string> run_step(const Step& step) {
  if (!step.question.words.empty()) {
    const auto answered = answer(step.question);
    if (!answered) return fail(answered.error());
    if (*answered != step.run_if) return {};
  }
  const auto ended = run(step.words, step.input);
  if (!ended) return fail(ended.error());
  if (ended->status == 0) return {};
  return fail(
      fmt::format("'{}' {}: {}", fmt::join(step.words, " "), describe_end(ended->status), ascii::trim(ended->output)));
}

}  // namespace

Result<void, std::string> run_steps(std::span<const Step> steps) {
  for (const auto& step : steps)
    if (auto done = run_step(step); !done) return done;
  return {};
}

}  // namespace p3scan::app::rules
