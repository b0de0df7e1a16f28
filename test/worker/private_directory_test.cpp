// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/private_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temporary.h"

namespace p3scan::worker {
namespace {

using namespace test;
namespace fs = std::filesystem;

TEST(PrivateDirectory, IsRemovedWithItsOwner) {
  const TemporaryDirectory parent;
  {
    const auto directory = PrivateDirectory::create(parent.path(), "scan");
    ASSERT_TRUE(directory);
    struct stat st{};
    ASSERT_EQ(::stat(directory->path().c_str(), &st), 0);
    EXPECT_EQ(st.st_mode & 0777U, 0700U);
    write_file(directory->path() + "/f", "x");
  }
  EXPECT_TRUE(fs::is_empty(parent.path()));
}

TEST(PrivateDirectory, IsTakenForAbandonedOnlyWhenNobodyHoldsIt) {
  const TemporaryDirectory parent;
  const auto held = PrivateDirectory::create(parent.path(), "scan");
  ASSERT_TRUE(held);
  fs::create_directories(parent.path() + "/left/over");
  write_file(parent.path() + "/left/over/f", "x");
  remove_abandoned(parent.path());
  EXPECT_TRUE(fs::exists(held->path()));
  EXPECT_FALSE(fs::exists(parent.path() + "/left"));
}

TEST(PrivateDirectory, DoesNotFollowLinks) {
  const TemporaryDirectory parent;
  const TemporaryDirectory elsewhere;
  write_file(elsewhere.path() + "/f", "x");
  fs::create_directory_symlink(elsewhere.path(), parent.path() + "/link");
  remove_abandoned(parent.path());
  EXPECT_TRUE(fs::exists(elsewhere.path() + "/f"));
}

TEST(PrivateDirectory, FailsWithTheReason) {
  const auto directory = PrivateDirectory::create("/nowhere/at/all", "scan");
  ASSERT_FALSE(directory);
  EXPECT_NE(directory.error().find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace p3scan::worker
