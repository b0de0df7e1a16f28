// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <vector>

#include "support/temporary.h"

namespace p3scan::worker {
namespace {

using namespace test;

constexpr int kNotLockedIn = 77;

/// Runs `attempt` in a process in the sandbox. 0 = it was possible, else the errno that it left.
int attempt_inside(const std::string& directory, const std::function<bool()>& attempt) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (!enter_sandbox({.directory = directory, .memory = 64 << 20, .file_size = 1 << 20})) ::_exit(kNotLockedIn);
    errno = 0;
    ::_exit(attempt() ? 0 : errno);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool can_open(const std::string& path, int flags) { return ::open(path.c_str(), flags, 0600) >= 0; }

struct Row {
  const char* name;
  std::function<bool()> attempt;
};

TEST(Sandbox, WithoutADirectoryThereIsNoFile) {
  if (landlock_version() == 0) GTEST_SKIP() << "no Landlock here";
  const TemporaryDirectory outside;
  write_file(outside.path() + "/secret", "secret");
  EXPECT_EQ(attempt_inside({}, [&] { return can_open(outside.path() + "/secret", O_RDONLY); }), EACCES);
  EXPECT_EQ(attempt_inside({}, [&] { return can_open(outside.path() + "/new", O_WRONLY | O_CREAT); }), EACCES);
  EXPECT_EQ(attempt_inside({}, [] { return can_open("/", O_RDONLY | O_DIRECTORY); }), EACCES);
}

TEST(Sandbox, RefusesEverythingOutside) {
  const TemporaryDirectory inside;
  const TemporaryDirectory outside;
  write_file(outside.path() + "/secret", "secret");
  const pid_t parent = ::getpid();
  const Row rows[] = {
      {"read a file", [&] { return can_open(outside.path() + "/secret", O_RDONLY); }},
      {"read a file by way of inside", [&] { return can_open(inside.path() + "/../../etc/passwd", O_RDONLY); }},
      {"read a directory", [&] { return can_open("/etc", O_RDONLY | O_DIRECTORY); }},
      {"create a file", [&] { return can_open(outside.path() + "/new", O_WRONLY | O_CREAT); }},
      {"remove a file", [&] { return ::unlink((outside.path() + "/secret").c_str()) == 0; }},
      {"move a file in",
       [&] { return ::rename((outside.path() + "/secret").c_str(), (inside.path() + "/s").c_str()) == 0; }},
      {"link a file in",
       [&] { return ::link((outside.path() + "/secret").c_str(), (inside.path() + "/s").c_str()) == 0; }},
      {"read the memory of others", [&] { return can_open("/proc/" + std::to_string(parent) + "/mem", O_RDONLY); }},
      {"TCP socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
      {"unix socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
      {"raw netlink", [] { return ::socket(AF_NETLINK, SOCK_RAW, 0) >= 0; }},
      {"run a program",
       [] {
         char name[] = "/bin/true";
         char* const arguments[] = {name, nullptr};
         return ::execv(name, arguments) == 0;
       }},
      {"fork", [] { return ::fork() >= 0; }},
      {"signal another process", [&] { return ::kill(parent, 0) == 0; }},
      {"trace another process", [&] { return ::ptrace(PTRACE_ATTACH, parent, nullptr, nullptr) == 0; }},
      {"executable memory",
       [] {
         return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                MAP_FAILED;
       }},
      {"become root", [] { return ::syscall(SYS_setuid, 0) == 0; }},  // a sanitizer's own setuid() does more than ask
      {"make a device", [&] { return ::mknod((inside.path() + "/d").c_str(), S_IFIFO | 0600, 0) == 0; }},
      {"symbolic link", [&] { return ::symlink("/etc/passwd", (inside.path() + "/l").c_str()) == 0; }},
      {"much memory",
       [] {
         return ::mmap(nullptr, 65 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
       }},
      {"a large file",
       [&] {
         const int fd = ::open((inside.path() + "/large").c_str(), O_RDWR | O_CREAT, 0600);
         return ::ftruncate(fd, (1 << 20) + 1) == 0;
       }},
  };
  if (landlock_version() == 0) GTEST_SKIP() << "this kernel has no Landlock";
  for (const auto& row : rows) {
    const int error = attempt_inside(inside.path(), row.attempt);
    EXPECT_GT(error, 0) << row.name << " is possible";
    EXPECT_NE(error, kNotLockedIn) << row.name;
  }
}

TEST(Sandbox, LeavesWhatScanningNeeds) {
  const TemporaryDirectory inside;
  const auto message = memory_file("text");
  const Row rows[] = {
      {"create, write and read a file",
       [&] {
         const int fd = ::open((inside.path() + "/f").c_str(), O_RDWR | O_CREAT, 0600);
         char c = 0;
         return ::write(fd, "x", 1) == 1 && ::pread(fd, &c, 1, 0) == 1 && ::unlink((inside.path() + "/f").c_str()) == 0;
       }},
      {"a directory",
       [&] {
         const auto path = inside.path() + "/d";
         return ::mkdir(path.c_str(), 0700) == 0 && ::chmod(path.c_str(), 0700) == 0 && ::rmdir(path.c_str()) == 0;
       }},
      {"map a message", [&] { return ::mmap(nullptr, 4, PROT_READ, MAP_PRIVATE, message.get(), 0) != MAP_FAILED; }},
      {"some memory",
       [] {
         return ::mmap(nullptr, 60 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
       }},
  };
  for (const auto& row : rows) EXPECT_EQ(attempt_inside(inside.path(), row.attempt), 0) << row.name;
}

TEST(Sandbox, ModesCantBeChanged) {
  const TemporaryDirectory inside;
  const TemporaryDirectory outside;
  write_file(outside.path() + "/f", "");
  const auto path = outside.path() + "/f";
  ::chmod(path.c_str(), 0600);
  EXPECT_EQ(attempt_inside(inside.path(), [&] { return ::chmod(path.c_str(), 0666) == 0; }), 0);
  struct stat st{};
  ASSERT_EQ(::stat(path.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777U, 0600U);
}

TEST(Sandbox, SaysWhenTheDirectoryIsMissing) {
  if (landlock_version() == 0) GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_EQ(attempt_inside("/nowhere/at/all", [] { return true; }), kNotLockedIn);
}

}  // namespace
}  // namespace p3scan::worker
