// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/edit_message.h"

#include <gtest/gtest.h>

#include <array>
#include <future>
#include <stdexcept>
#include <string>

#include "base/asio/asio.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

using namespace std::chrono_literals;

class EditMessageTest : public testing::Test {
 protected:
  void SetUp() override {
    tools = {.spool = {.directory = dir.path(), .memory = 1000, .keep_free = 0}, .blocking = &pool};
    const std::array<std::string_view, 1> pieces = {"0123456789"};
    ASSERT_TRUE(message.append(pieces));
    message.complete();
  }

  Filtered edit(EditWork work, std::chrono::milliseconds limit = 1min) {
    return test::run(io, edit_message(message, tools, limit, std::move(work)));
  }

  test::Scratch dir;
  asio::io_context io;
  asio::thread_pool pool{1};
  FilterTools tools;
  Message message{io.get_executor(), SpoolLimits{}};
};

TEST_F(EditMessageTest, GivesTheNewVersionAndWhatTheWorkSays) {
  const auto filtered = edit([](std::string_view text, mime::Edits& edits, const auto&) {
    edits.replace(2, 3, "x");
    return Filtered{
        .version = {}, .added = {}, .verdict = {}, .replacement = {}, .refusal = {}, .note = std::string(text)};
  });
  ASSERT_TRUE(filtered.version);
  EXPECT_EQ(filtered.version->bytes(), "01x56789");
  EXPECT_EQ(filtered.note, "0123456789");
}

TEST_F(EditMessageTest, NoEditIsNoVersion) {
  EXPECT_EQ(edit([](auto, auto&, const auto&) { return Filtered{}; }).version, nullptr);
}

TEST_F(EditMessageTest, TakesNoLongerThanItsLimit) {
  std::promise<void> left;
  EXPECT_THROW(edit(
                   [&](auto, mime::Edits& edits, const std::atomic<bool>& stop) -> Filtered {
                     while (!stop) std::this_thread::yield();
                     EXPECT_THROW(edits.replace(0, 1, ""), boost::system::system_error);
                     left.set_value();
                     return {};
                   },
                   1ms),
               std::runtime_error);
  left.get_future().get();
}

TEST_F(EditMessageTest, FailsWithWordsWhenTheVersionCannotBeKept) {
  tools.spool.largest = 5;
  try {
    edit([](auto, mime::Edits& edits, const auto&) {
      edits.replace(0, 0, "x");
      return Filtered{};
    });
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "the new version of a message is too large");
  }
}

}  // namespace
}  // namespace p3scan
