// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "spool/quarantine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <set>

#include "spool/scratch.h"

namespace p3scan {
namespace {

using test::contents;
using test::noise;
using test::run;
using test::Scratch;

TEST(QuarantineId, EveryTickHasItsOwn) {
  std::set<std::string> ids;
  for (std::uint64_t tick = 0; tick < 20'000; ++tick) ids.insert(quarantine_id(tick));
  EXPECT_EQ(ids.size(), 20'000U);
  for (const auto& id : ids) EXPECT_THAT(id, testing::MatchesRegex("[a-zA-Z0-9]{6}"));
  constexpr std::uint64_t all = 56'800'235'584;
  EXPECT_EQ(quarantine_id(all + 5), quarantine_id(5));
  EXPECT_NE(quarantine_id(all - 1), quarantine_id(0));
}

class QuarantineTest : public testing::TestWithParam<std::size_t> {
 protected:
  Message& filled(const std::string& bytes) {
    message.emplace(io.get_executor(), SpoolLimits{.directory = dir.path(), .memory = GetParam(), .keep_free = 0});
    const std::array<std::string_view, 1> pieces = {bytes};
    EXPECT_TRUE(message->append(pieces));
    message->complete();
    return *message;
  }

  Scratch dir;
  asio::io_context io;
  std::optional<Message> message;
};

TEST_P(QuarantineTest, KeepsTheBytes) {
  const auto bytes = noise(100'000);
  const auto path = quarantine(filled(bytes), dir.path());
  ASSERT_TRUE(path);
  EXPECT_THAT(*path, testing::MatchesRegex(".*/p3scan\\.[a-zA-Z0-9]{6}"));
  EXPECT_EQ(contents(*path), bytes);
  struct stat status{};
  ASSERT_EQ(stat(path->c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_P(QuarantineTest, ManyAtOnceNeverShareAName) {
  std::set<std::string> paths;
  for (std::uint32_t i = 0; i < 200; ++i) {
    const auto bytes = noise(500, i);
    const auto path = quarantine(filled(bytes), dir.path());
    ASSERT_TRUE(path);
    EXPECT_TRUE(paths.insert(*path).second);
    EXPECT_EQ(contents(*path), bytes);
  }
  EXPECT_EQ(dir.entries(), 200U);
}

TEST_P(QuarantineTest, OnOtherThreads) {
  const auto bytes = noise(3000);
  asio::thread_pool blocking(1);
  const auto path = run(io, quarantine(filled(bytes), dir.path(), blocking.get_executor()));
  ASSERT_TRUE(path);
  EXPECT_EQ(contents(*path), bytes);
}

TEST_P(QuarantineTest, NoDirectory) {
  const auto path = quarantine(filled("x"), dir.path() + "/none");
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error(), SpoolError::io);
}

TEST(Quarantine, LeavesADiskAloneThatIsNearlyFull) {
  const Scratch dir;
  asio::io_context io;
  Message message(io.get_executor(), SpoolLimits{.directory = dir.path(), .memory = 1000, .keep_free = 1ULL << 62U});
  const std::array<std::string_view, 1> pieces = {"x"};
  ASSERT_TRUE(message.append(pieces));
  message.complete();
  const auto path = quarantine(message, dir.path());
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error(), SpoolError::no_space);
  EXPECT_EQ(dir.entries(), 0U);
}

INSTANTIATE_TEST_SUITE_P(MemoryAndFile, QuarantineTest, testing::Values(1'000'000, 0));

}  // namespace
}  // namespace p3scan
