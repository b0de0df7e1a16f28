// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/edited_copy.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>

#include "base/asio/asio.h"
#include "filter/message_view.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

using test::noise;
using test::Scratch;

class EditedCopyTest : public testing::Test {
 protected:
  SpoolLimits limits(std::size_t memory, std::uint64_t largest = 0) const {
    return {.directory = dir.path(), .memory = memory, .largest = largest, .keep_free = 0};
  }

  std::unique_ptr<Message> message(std::string_view bytes, std::size_t memory) {
    auto made = std::make_unique<Message>(io.get_executor(), limits(memory));
    const std::array<std::string_view, 1> pieces = {bytes};
    EXPECT_TRUE(made->append(pieces));
    made->complete();
    return made;
  }

  static std::string all_of(const Message& message) {
    std::string out(message.size(), '\0');
    const auto n = message.read(0, out);
    EXPECT_TRUE(n && *n == out.size());
    return out;
  }

  Scratch dir;
  asio::io_context io;
};

TEST_F(EditedCopyTest, ViewIsTheSameInMemoryAndInAFile) {
  const auto bytes = noise(200'000);
  for (const std::size_t memory : {0U, 1'000'000U}) {
    const auto original = message(bytes, memory);
    auto view = MessageView::of(*original);
    ASSERT_TRUE(view);
    const auto moved = std::move(*view);
    std::string seen;
    std::thread([&] { seen = moved.bytes(); }).join();
    EXPECT_EQ(seen, bytes);
  }
}

TEST_F(EditedCopyTest, ViewOfAnEmptyMessage) {
  Message empty(io.get_executor(), limits(0));
  empty.complete();
  const auto view = MessageView::of(empty);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->bytes().empty());
}

TEST_F(EditedCopyTest, NothingReplacedIsNoVersion) {
  EditedCopy copy(io.get_executor(), limits(100), "original");
  copy.replace(3, 0, "");
  EXPECT_FALSE(copy.is_edited());
  const auto version = copy.finish();
  ASSERT_TRUE(version);
  EXPECT_EQ(*version, nullptr);
}

TEST_F(EditedCopyTest, WhatNoEditNamesStays) {
  for (const std::size_t memory : {0U, 1000U}) {
    EditedCopy copy(io.get_executor(), limits(memory), "0123456789");
    copy.replace(0, 0, "<");
    copy.replace(2, 3, "ab");
    copy.replace(5, 0, "c");
    copy.replace(6, 1, "");
    copy.replace(10, 0, ">");
    const auto version = copy.finish();
    ASSERT_TRUE(version && *version);
    EXPECT_TRUE((*version)->is_complete());
    EXPECT_EQ(all_of(**version), "<01abc5789>");
  }
}

TEST_F(EditedCopyTest, BuiltOnAPoolThreadReadOnItsOwn) {
  const auto bytes = noise(300'000);
  Result<std::shared_ptr<Message>, SpoolError> version;
  std::thread([&] {
    EditedCopy copy(io.get_executor(), limits(1000), bytes);
    copy.replace(150'000, 10, "text");
    version = copy.finish();
  }).join();
  ASSERT_TRUE(version && *version);
  auto expected = bytes;
  expected.replace(150'000, 10, "text");
  EXPECT_EQ(all_of(**version), expected);
}

TEST_F(EditedCopyTest, TooLargeIsAFailure) {
  EditedCopy copy(io.get_executor(), limits(1000, 10), "0123456789");
  copy.replace(4, 0, "x");
  copy.replace(9, 0, "x");
  const auto version = copy.finish();
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error(), SpoolError::too_large);
}

TEST_F(EditedCopyTest, NoDirectoryIsAFailure) {
  auto none = limits(0);
  none.directory = dir.path() + "/none";
  EditedCopy copy(io.get_executor(), none, "0123456789");
  copy.replace(4, 0, "x");
  const auto version = copy.finish();
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error(), SpoolError::io);
}

}  // namespace
}  // namespace p3scan
