// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "spool/message.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <vector>

#include "spool/scratch.h"

namespace p3scan {
namespace {

using test::contents;
using test::noise;
using test::run;
using test::Scratch;

class MessageTest : public testing::Test {
 protected:
  SpoolLimits limits(std::size_t memory) const { return {.directory = dir.path(), .memory = memory, .keep_free = 0}; }

  static Result<void, SpoolError> add(Message& message, std::string_view bytes) {
    const std::array<std::string_view, 1> pieces = {bytes};
    return message.append(pieces);
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

TEST_F(MessageTest, SameBytesWhereverTheyAreKept) {
  const auto bytes = noise(300'000);
  for (const std::size_t memory : {0UL, 1UL, 1000UL, 65'536UL, 299'999UL, 300'000UL, 1'000'000UL}) {
    for (const std::size_t step : {7'001UL, 65'536UL, 300'000UL}) {
      Message message(io.get_executor(), limits(memory));
      for (std::size_t at = 0; at < bytes.size(); at += step) {
        ASSERT_TRUE(add(message, std::string_view(bytes).substr(at, step)));
        const auto so_far = std::min(bytes.size(), at + step);
        ASSERT_EQ(message.size(), so_far);
        ASSERT_EQ(message.head(), std::string_view(bytes).substr(0, std::min(so_far, Message::kHead)));
      }
      EXPECT_EQ(message.in_memory(), memory >= bytes.size());
      EXPECT_EQ(message.bytes(), message.in_memory() ? std::string_view(bytes) : std::string_view());
      EXPECT_EQ(all_of(message), bytes) << memory << " " << step;
    }
  }
  EXPECT_EQ(dir.entries(), 0U);
}

TEST_F(MessageTest, ManySmallPieces) {
  const auto bytes = noise(50'000);
  for (const std::size_t memory : {0UL, 100'000UL}) {
    std::vector<std::string_view> pieces = {""};
    for (std::size_t at = 0; at < bytes.size(); at += 37) pieces.push_back(std::string_view(bytes).substr(at, 37));
    pieces.emplace_back();
    Message message(io.get_executor(), limits(memory));
    ASSERT_TRUE(message.append(pieces));
    ASSERT_TRUE(message.append({}));
    EXPECT_EQ(all_of(message), bytes);
  }
}

TEST_F(MessageTest, ReadsAtAnyOffset) {
  const auto bytes = noise(200'000);
  Message message(io.get_executor(), limits(1000));
  ASSERT_TRUE(add(message, bytes));
  std::array<char, 5000> into{};
  for (const std::uint64_t offset : {0UL, 63'000UL, 65'530UL, 65'536UL, 199'999UL}) {
    const auto n = message.read(offset, into);
    ASSERT_TRUE(n);
    EXPECT_EQ(std::string_view(into.data(), *n), std::string_view(bytes).substr(offset, into.size()));
  }
  EXPECT_EQ(message.read(200'000, into), 0U);
  EXPECT_EQ(message.read(300'000, into), 0U);
}

TEST_F(MessageTest, TooLarge) {
  auto few = limits(100);
  few.largest = 1000;
  Message message(io.get_executor(), few);
  EXPECT_TRUE(add(message, noise(1000)));
  const auto more = add(message, "x");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error(), SpoolError::too_large);
}

TEST_F(MessageTest, KeepsSpaceFree) {
  auto greedy = limits(100);
  greedy.keep_free = std::uint64_t{1} << 60U;
  Message message(io.get_executor(), greedy);
  EXPECT_TRUE(add(message, noise(100))) << "memory needs no disk";
  const auto ok = add(message, noise(100));
  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error(), SpoolError::no_space);
}

TEST_F(MessageTest, DiskErrorsAreReported) {
  auto nowhere = limits(100);
  nowhere.directory = dir.path() + "/none";
  Message message(io.get_executor(), nowhere);
  const auto ok = add(message, noise(1000));
  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error(), SpoolError::io);
}

TEST_F(MessageTest, WriteThatDoesNotFitIsNoSpace) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 100'000, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  Message message(io.get_executor(), limits(0));
  const auto fits = add(message, noise(90'000));
  const auto too_much = add(message, noise(90'000));
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_TRUE(fits);
  ASSERT_FALSE(too_much);
  EXPECT_EQ(too_much.error(), SpoolError::no_space);
  EXPECT_EQ(message.size(), 90'000U);
}

TEST_F(MessageTest, NothingIsLeftByACrash) {
  const auto child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Message message(io.get_executor(), limits(0));
    const auto ok = add(message, noise(100'000));
    raise(ok ? SIGKILL : SIGTERM);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  EXPECT_EQ(dir.entries(), 0U);
}

TEST_F(MessageTest, ReadersFollowWhileItGrows) {
  const auto bytes = noise(40'000);
  Message message(io.get_executor(), limits(9000));
  std::array<std::string, 3> seen;
  const auto follow = [&](std::string& out, std::size_t want) -> asio::awaitable<void> {
    std::vector<char> into(want);
    for (;;) {
      co_await message.grown(out.size() + want - 1);
      const auto n = message.read(out.size(), into);
      if (!n || *n == 0) co_return;
      out.append(into.data(), *n);
    }
  };
  const auto write = [&]() -> asio::awaitable<void> {
    for (std::size_t at = 0; at < bytes.size(); at += 1000) {
      EXPECT_TRUE(add(message, std::string_view(bytes).substr(at, 1000)));
      co_await asio::post(io, asio::use_awaitable);
      EXPECT_LE(seen[0].size(), at + 1000);
    }
    message.complete();
  };
  asio::co_spawn(io, follow(seen[0], 1), asio::detached);
  asio::co_spawn(io, follow(seen[1], 1500), asio::detached);
  asio::co_spawn(io, follow(seen[2], 65'536), asio::detached);
  run(io, write());
  for (const auto& s : seen) EXPECT_EQ(s, bytes);
}

TEST_F(MessageTest, AbandonWakesReaders) {
  Message message(io.get_executor(), limits(100));
  bool woken = false;
  const auto wait = [&]() -> asio::awaitable<void> {
    co_await message.grown(~std::uint64_t{0});
    woken = message.is_abandoned();
  };
  asio::co_spawn(io, wait(), asio::detached);
  io.poll();
  EXPECT_FALSE(woken);
  message.abandon();
  io.poll();
  EXPECT_TRUE(woken);
}

TEST_F(MessageTest, WaitingCanBeCancelled) {
  Message message(io.get_executor(), limits(100));
  asio::cancellation_signal cancel;
  std::exception_ptr error;
  asio::co_spawn(io, message.grown(0),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) { error = std::move(e); }));
  io.poll();
  EXPECT_FALSE(error);
  cancel.emit(asio::cancellation_type::all);
  io.run();
  EXPECT_TRUE(error);
}

TEST_F(MessageTest, ReadOnlyDescriptorHasAllAndCannotChangeIt) {
  for (const std::size_t memory : {0UL, 10'000UL}) {
    const auto bytes = noise(5000);
    Message message(io.get_executor(), limits(memory));
    ASSERT_TRUE(add(message, bytes));
    message.complete();
    const auto fd = message.open_readonly();
    ASSERT_TRUE(fd);
    std::string got(6000, '\0');
    ASSERT_EQ(::read(fd->get(), got.data(), got.size()), 5000);
    got.resize(5000);
    EXPECT_EQ(got, bytes);
    EXPECT_EQ(::pwrite(fd->get(), "x", 1, 0), -1);
    EXPECT_NE(::ftruncate(fd->get(), 0), 0);
    EXPECT_EQ(all_of(message), bytes);
  }
}

TEST_F(MessageTest, NamedMoreThanOnce) {
  for (const std::size_t memory : {0UL, 10'000UL}) {
    const auto bytes = noise(5000);
    Message message(io.get_executor(), limits(memory));
    ASSERT_TRUE(add(message, bytes));
    message.complete();
    const auto path = dir.path() + "/named";
    ASSERT_TRUE(message.link_as(path, 0640));
    struct stat status{};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0640U);
    EXPECT_EQ(contents(path), bytes);
    EXPECT_FALSE(message.link_as(path, 0640)) << "must not replace a file";
    ASSERT_EQ(unlink(path.c_str()), 0);
    ASSERT_TRUE(message.link_as(path, 0600)) << "after the first name is gone";
    EXPECT_EQ(contents(path), bytes);
    ASSERT_EQ(unlink(path.c_str()), 0);
    EXPECT_FALSE(message.link_as(dir.path() + "/none/named", 0600));
  }
}

}  // namespace
}  // namespace p3scan
