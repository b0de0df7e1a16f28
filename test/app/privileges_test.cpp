// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/privileges.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <vector>

#include "app/child.h"
#include "support/temporary.h"

namespace p3scan::app {
namespace {

/// Runs `body` in a child; true if it says so.
bool in_child(const std::function<bool()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool holds_exactly(const std::vector<unsigned>& wanted) {
  capng_get_caps_process();
  for (unsigned capability = 0; capability <= CAP_LAST_CAP; ++capability) {
    const bool want = std::ranges::find(wanted, capability) != wanted.end();
    if ((capng_have_capability(CAPNG_EFFECTIVE, capability) == 1) != want) return false;
    if ((capng_have_capability(CAPNG_PERMITTED, capability) == 1) != want) return false;
    if (capng_have_capability(CAPNG_INHERITABLE, capability) == 1) return false;
  }
  return true;
}

const std::vector<unsigned> kTwo{CAP_DAC_READ_SEARCH, CAP_NET_RAW};

class AsRoot : public testing::Test {
 protected:
  void SetUp() override {
    if (!is_root()) GTEST_SKIP() << "needs root";
    account_ = *find_account("mail");
  }
  Account account_;
};

TEST(Privileges, FindsAccounts) {
  const auto root = find_account("root");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->uid, 0U);
  EXPECT_FALSE(find_account("nobody-of-this-name"));
  EXPECT_FALSE(find_account(""));
  EXPECT_EQ(current_account().uid, ::geteuid());
}

TEST_F(AsRoot, ChangesUserAndAllGroups) {
  EXPECT_TRUE(in_child([&] {
    if (!become(account_, {})) return false;
    std::vector<gid_t> groups(100);
    groups.resize(static_cast<std::size_t>(std::max(0, ::getgroups(100, groups.data()))));
    const bool no_root_group = std::ranges::find(groups, 0U) == groups.end();
    return ::getuid() == account_.uid && ::geteuid() == account_.uid && ::getgid() == account_.gid && no_root_group;
  }));
}

TEST_F(AsRoot, HasNoWayBack) {
  EXPECT_TRUE(in_child([&] {
    return become(account_, kTwo) && ::setuid(0) != 0 && ::seteuid(0) != 0 && ::setgid(0) != 0 &&
           ::setgroups(0, nullptr) != 0;
  }));
}

TEST_F(AsRoot, KeepsTheCapabilitiesAskedForAndNoOther) {
  EXPECT_TRUE(in_child([&] { return become(account_, kTwo) && holds_exactly(kTwo); }));
  EXPECT_TRUE(in_child([&] { return become(account_, {}) && holds_exactly({}); }));
}

TEST_F(AsRoot, GivesUpCapabilitiesStepByStep) {
  const std::vector<unsigned> raw{CAP_NET_RAW};
  EXPECT_TRUE(in_child([&] { return become(account_, kTwo) && keep_only(raw) && holds_exactly(raw); }));
  EXPECT_TRUE(in_child([&] {
    // Those given up don't come back by asking.
    return become(account_, kTwo) && keep_only({}) && keep_only(kTwo) && holds_exactly({});
  }));
}

TEST_F(AsRoot, MasterStillReadsAFileOfRoot) {
  const test::TemporaryDirectory directory;
  const auto path = directory.path() + "/p3scan.conf";
  test::write_file(path, "port = 1");
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  const std::vector<unsigned> read{CAP_DAC_READ_SEARCH};
  EXPECT_TRUE(in_child([&] { return become(account_, read) && ::open(path.c_str(), O_RDONLY) >= 0; }));
  EXPECT_FALSE(in_child([&] { return become(account_, {}) && ::open(path.c_str(), O_RDONLY) >= 0; }));
}

TEST_F(AsRoot, TransparentSocketNeedsOnlyTheOneCapability) {
  const auto transparent = [] {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    return ::setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof on) == 0;
  };
  const std::vector<unsigned> raw{CAP_NET_RAW};
  EXPECT_TRUE(in_child([&] { return become(account_, raw) && transparent(); }));
  EXPECT_FALSE(in_child([&] { return become(account_, {}) && transparent(); }));
}

TEST(Privileges, SealedProcessGainsNothing) {
  EXPECT_TRUE(in_child([] {
    seal_process();
    rlimit core{};
    ::getrlimit(RLIMIT_CORE, &core);
    return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           core.rlim_max == 0;
  }));
}

TEST(Privileges, DescriptorLimitGoesUp) {
  EXPECT_TRUE(in_child([] {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 20;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    return raise_descriptor_limit() == limit.rlim_max;
  }));
}

/// What start_child's body finds out, as its exit code.
int child_result(ChildPlan plan) {
  plan.name = "p3scan-test";
  const auto pid = start_child(plan);
  if (!pid) return -1;
  int status = 0;
  ::waitpid(*pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST(Child, HasOnlyTheDescriptorsNamed) {
  const UniqueFd kept(::open("/dev/null", O_RDONLY));
  const UniqueFd other(::open("/dev/null", O_RDONLY));
  const UniqueFd also_kept(::fcntl(kept.get(), F_DUPFD, 200));
  EXPECT_EQ(child_result({.keep = {also_kept.get(), kept.get()},
                          .body =
                              [&] {
                                for (int fd = 3; fd < 400; ++fd) {
                                  const bool open = ::fcntl(fd, F_GETFD) >= 0;
                                  if (open != (fd == kept.get() || fd == also_kept.get())) return 1;
                                }
                                return 0;
                              }}),
            0);
}

TEST(Child, HasDefaultSignalsNoneBlocked) {
  sigset_t blocked;
  sigset_t before;
  sigfillset(&blocked);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  EXPECT_EQ(child_result({.body =
                              [] {
                                sigset_t now;
                                ::sigprocmask(SIG_SETMASK, nullptr, &now);
                                return sigisemptyset(&now) ? ::raise(SIGTERM) : 1;
                              }}),
            -SIGTERM);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(child_result({.body = [] { return ::raise(SIGINT); }}), 0) << "Ctrl-C is the master's";
}

TEST(Child, ExceptionIsAnExitCode) {
  EXPECT_EQ(child_result({.body = []() -> int { throw std::runtime_error("expected in this test\n"); }}), 1);
}

TEST(Child, EndsAreDescribed) {
  EXPECT_EQ(describe_end(3 << 8), "exited with status 3");
  EXPECT_EQ(describe_end(SIGKILL), "was killed by signal 9 (Killed)");
}

}  // namespace
}  // namespace p3scan::app
