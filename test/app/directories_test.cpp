// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/directories.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temporary.h"

namespace p3scan::app {
namespace {

const Account kAccount{.name = "mail", .uid = 8, .gid = 8};

struct stat status_of(const std::string& path) {
  struct stat st{};
  EXPECT_EQ(::lstat(path.c_str(), &st), 0) << path;
  return st;
}

/// virusdir and the directory of the pid file below a temporary one; whose they are afterwards is the question.
class Directories : public testing::Test {
 protected:
  void SetUp() override {
    if (!is_root()) GTEST_SKIP() << "only root gives directories away";
    config_.virusdir = directory_.path() + "/p3scan";
    config_.pidfile = directory_.path() + "/run/p3scan.pid";
  }
  Result<void, std::string> create() { return create_directories(config_, kAccount); }

  test::TemporaryDirectory directory_;
  config::Config config_;
};

TEST_F(Directories, MissingOnesAreMade) {
  ASSERT_TRUE(create());
  const auto spool = status_of(config_.virusdir);
  EXPECT_EQ(spool.st_uid, kAccount.uid);
  EXPECT_EQ(spool.st_mode & 07777, 0700U);
  const auto run = status_of(directory_.path() + "/run");
  EXPECT_EQ(run.st_uid, kAccount.uid);
  EXPECT_EQ(run.st_mode & 07777, 0755U);
}

TEST_F(Directories, OneMadeForUsIsTakenOver) {
  ASSERT_EQ(::mkdir(config_.virusdir.c_str(), 0755), 0);
  ASSERT_TRUE(create());
  EXPECT_EQ(status_of(config_.virusdir).st_uid, kAccount.uid);
  EXPECT_EQ(status_of(config_.virusdir).st_mode & 07777, 0700U);
}

TEST_F(Directories, ToldInAdvance) {
  EXPECT_TRUE(made_by_start(config_.virusdir));
  ASSERT_EQ(::mkdir(config_.virusdir.c_str(), 0755), 0);
  EXPECT_TRUE(made_by_start(config_.virusdir));
  ASSERT_TRUE(create());
  EXPECT_FALSE(made_by_start(config_.virusdir));
  const auto other = directory_.path() + "/data";
  ASSERT_EQ(::mkdir(other.c_str(), 0755), 0);
  EXPECT_FALSE(made_by_start(other));
}

TEST_F(Directories, OneOfAnotherNameIsNot) {
  config_.virusdir = directory_.path() + "/data";
  ASSERT_EQ(::mkdir(config_.virusdir.c_str(), 0755), 0);
  ASSERT_TRUE(create());
  EXPECT_EQ(status_of(config_.virusdir).st_uid, 0U);
}

TEST_F(Directories, OneOfAnotherUserIsNot) {
  ASSERT_EQ(::mkdir(config_.virusdir.c_str(), 0750), 0);
  ASSERT_EQ(::chown(config_.virusdir.c_str(), 4711, 4711), 0);
  ASSERT_TRUE(create());
  EXPECT_EQ(status_of(config_.virusdir).st_uid, 4711U);
  EXPECT_EQ(status_of(config_.virusdir).st_mode & 07777, 0750U);
}

TEST_F(Directories, WhatALinkPointsToIsNot) {
  const auto target = directory_.path() + "/target";
  ASSERT_EQ(::mkdir(target.c_str(), 0755), 0);
  ASSERT_EQ(::symlink(target.c_str(), config_.virusdir.c_str()), 0);
  ASSERT_TRUE(create());
  EXPECT_EQ(status_of(target).st_uid, 0U);
}

}  // namespace
}  // namespace p3scan::app
