// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/database_watch.h"

#include <gtest/gtest.h>

#include "support/temporary.h"

namespace p3scan::worker {
namespace {

using namespace test;

TEST(DatabaseWatch, TellsEachChangeOnceWhenItHasSettled) {
  const TemporaryDirectory directory;
  write_file(directory.path() + "/a.ndb", "one");
  DatabaseWatch watch(directory.path());
  EXPECT_FALSE(watch.changed());
  write_file(directory.path() + "/a.ndb", "two more");
  EXPECT_FALSE(watch.changed()) << "it may still be being written";
  EXPECT_TRUE(watch.changed());
  EXPECT_FALSE(watch.changed());
}

TEST(DatabaseWatch, WaitsWhileFilesAreWritten) {
  const TemporaryDirectory directory;
  DatabaseWatch watch(directory.path());
  std::string text;
  for (int i = 0; i < 5; ++i) {
    write_file(directory.path() + "/a.ndb", text += "more");
    EXPECT_FALSE(watch.changed());
  }
  EXPECT_TRUE(watch.changed());
}

TEST(DatabaseWatch, SeesFilesComeAndGo) {
  const TemporaryDirectory directory;
  DatabaseWatch watch(directory.path());
  write_file(directory.path() + "/a.ndb", "one");
  watch.changed();
  EXPECT_TRUE(watch.changed());
  std::filesystem::remove(directory.path() + "/a.ndb");
  watch.changed();
  EXPECT_TRUE(watch.changed());
}

TEST(DatabaseWatch, IgnoresOtherFilesAndMissingDirectories) {
  const TemporaryDirectory directory;
  DatabaseWatch watch(directory.path());
  write_file(directory.path() + "/freshclam.log", "text");
  watch.changed();
  EXPECT_FALSE(watch.changed());
  DatabaseWatch nothing("/nowhere/at/all");
  nothing.changed();
  EXPECT_FALSE(nothing.changed());
}

}  // namespace
}  // namespace p3scan::worker
