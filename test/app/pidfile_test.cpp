// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/pidfile.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <functional>

#include "support/temporary.h"

namespace p3scan::app {
namespace {

using namespace test;
namespace fs = std::filesystem;

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PidFile, HoldsTheNumberAndIsRemoved) {
  const TemporaryDirectory directory;
  const auto path = directory.path() + "/p3scan.pid";
  auto file = PidFile::acquire(path);
  ASSERT_TRUE(file) << file.error();
  ASSERT_TRUE(file->write());
  EXPECT_EQ(content(path), std::to_string(::getpid()) + "\n");
  EXPECT_TRUE(file->remove());
  EXPECT_FALSE(fs::exists(path));
  EXPECT_FALSE(file->remove());
}

TEST(PidFile, ReplacesAStaleOne) {
  // Number 1 lives, but it is not a p3scan that holds the file.
  for (const auto* const stale :
       {"1\n", "99999999\n", "", "nonsense", "12345678901234567890123456789012345678901234567890\n"}) {
    const TemporaryDirectory directory;
    const auto path = directory.path() + "/p3scan.pid";
    write_file(path, stale);
    auto file = PidFile::acquire(path);
    ASSERT_TRUE(file) << file.error();
    ASSERT_TRUE(file->write());
    EXPECT_EQ(content(path), std::to_string(::getpid()) + "\n");
  }
}

TEST(PidFile, RefusesALivingOne) {
  const TemporaryDirectory directory;
  const auto path = directory.path() + "/p3scan.pid";
  auto file = PidFile::acquire(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write());
  const auto second = PidFile::acquire(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(),
            "PID file " + path + " exists! Aborting! (p3scan runs as process " + std::to_string(::getpid()) + ")");
  EXPECT_EQ(content(path), std::to_string(::getpid()) + "\n") << "the refused one left the file alone";
}

TEST(PidFile, IsHeldByTheChildThatGoesOn) {
  const TemporaryDirectory directory;
  const auto path = directory.path() + "/p3scan.pid";
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  pid_t child = -1;
  {
    auto file = PidFile::acquire(path);
    ASSERT_TRUE(file);
    child = ::fork();
    if (child == 0) {
      ::close(pipe[1]);
      char c = 0;
      ::_exit(::read(pipe[0], &c, 1) == 0 ? 0 : 1);
    }
  }
  EXPECT_FALSE(PidFile::acquire(path));
  for (const int fd : pipe) ::close(fd);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(PidFile::acquire(path)) << "the child is gone, and its lock with it";
}

TEST(PidFile, TakesOnlyAPlainFileOfItsOwn) {
  const TemporaryDirectory directory;
  const auto victim = directory.path() + "/victim";
  write_file(victim, "precious");
  const auto path = directory.path() + "/p3scan.pid";
  const std::pair<const char*, std::function<void()>> rows[] = {
      {"symbolic link", [&] { fs::create_symlink(victim, path); }},
      {"hard link", [&] { fs::create_hard_link(victim, path); }},
      {"FIFO", [&] { ::mkfifo(path.c_str(), 0600); }},
      {"directory", [&] { fs::create_directory(path); }},
  };
  for (const auto& [name, make] : rows) {
    make();
    EXPECT_FALSE(PidFile::acquire(path)) << name;
    fs::remove(path);
  }
  EXPECT_EQ(content(victim), "precious");
  EXPECT_FALSE(PidFile::acquire("/nowhere/at/all/p3scan.pid"));
}

}  // namespace
}  // namespace p3scan::app
