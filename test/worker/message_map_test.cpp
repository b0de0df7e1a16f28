// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/message_map.h"

#include <gtest/gtest.h>

#include <array>

#include "support/temporary.h"

namespace p3scan::worker {
namespace {

using namespace test;

TEST(MessageMap, ShowsTheFileWithAndWithoutAFront) {
  for (const std::size_t size : {1U, 4095U, 4096U, 4097U, 100000U}) {
    std::string text(size, 'm');
    text.back() = 'e';
    const auto fd = memory_file(text);
    auto map = MessageMap::of(fd.get());
    ASSERT_TRUE(map);
    EXPECT_EQ(map->bytes(), text);
    EXPECT_EQ(map->bytes_after("front: 1\r\n"), "front: 1\r\n" + text);
    EXPECT_EQ(map->bytes_after("f: 2\r\n"), "f: 2\r\n" + text);
    EXPECT_EQ(map->bytes(), text);
    for (const std::size_t skip : {std::size_t{1}, size / 2, size}) {
      const std::string front(1500, 'f');
      EXPECT_EQ(map->bytes_after(front, skip), front + text.substr(skip)) << skip;
      map.emplace(*MessageMap::of(fd.get()));
    }
    EXPECT_FALSE(map->bytes_after("x", size + 1));
    EXPECT_FALSE(map->bytes_after(std::string(5000, 'x')));
    EXPECT_EQ(map->bytes(), text) << "the file itself never changes";
  }
}

TEST(MessageMap, EmptyFileIsAnEmptyMap) {
  const auto fd = memory_file("");
  auto map = MessageMap::of(fd.get());
  ASSERT_TRUE(map);
  EXPECT_EQ(map->bytes(), "");
  EXPECT_FALSE(map->bytes_after("x"));
}

TEST(MessageMap, TakesFilesOnly) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd reading(ends[0]);
  const UniqueFd writing(ends[1]);
  EXPECT_FALSE(MessageMap::of(reading.get()));
  EXPECT_FALSE(MessageMap::of(-1));
}

}  // namespace
}  // namespace p3scan::worker
