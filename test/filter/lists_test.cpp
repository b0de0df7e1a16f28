// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/lists.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "spool/scratch.h"
#include "support/temporary.h"

namespace p3scan {
namespace {

using test::Scratch;
using test::write_file;

class ListsTest : public testing::Test {
 protected:
  ListsTest() {
    settings.whitelist = dir.path() + "/white";
    settings.blacklist = dir.path() + "/black";
    settings.fresh = {};
  }

  Lists& lists() {
    if (!lists_) lists_ = std::make_unique<Lists>(settings, pool);
    return *lists_;
  }
  ListVerdict look(std::string_view head, std::string_view user = "") {
    return test::run(io, lists().look(head, false, user));
  }
  Listed listed(std::string_view head, std::string_view user = "") { return look(head, user).listed; }

  Scratch dir;
  asio::io_context io;
  asio::thread_pool pool{1};
  ListSettings settings;

 private:
  std::unique_ptr<Lists> lists_;
};

TEST_F(ListsTest, NoFilesNoVerdict) {
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n"), Listed::no);
  EXPECT_EQ(look("From: a@b.test\r\n\r\n").note, "");
}

/// Several threads, as in the gateway: what cancels must not meet the one that reads.
TEST_F(ListsTest, WhoAsksMayLeaveAtAnyMoment) {
  asio::thread_pool threads{4};
  Lists lists(settings, threads);
  int ended = 0;
  for (int i = 0; i < 500; ++i) {
    asio::cancellation_signal leave;
    asio::co_spawn(
        io, lists.look("From: a@b.test\r\n\r\n", false, ""),
        asio::bind_cancellation_slot(leave.slot(), [&](const std::exception_ptr&, const ListVerdict&) { ++ended; }));
    io.restart();
    io.poll_one();
    for (volatile int spin = i * 20; spin > 0; spin = spin - 1) {}
    leave.emit(asio::cancellation_type::terminal);
    io.run();
  }
  EXPECT_EQ(ended, 500);
}

TEST_F(ListsTest, Verdicts) {
  write_file(settings.whitelist, "good@a.test\n@b.test\n");
  write_file(settings.blacklist, "bad@a.test\nspam\nboth@b.test\n");
  struct Row {
    std::string_view head;
    Listed listed;
  };
  const Row rows[] = {
      {"From: good@a.test\r\n\r\n", Listed::white},
      {"From: x@b.test\r\n\r\n", Listed::white},
      {"From: bad@a.test\r\n\r\n", Listed::black},
      {"From: My Spam <c@c.test>\r\n\r\n", Listed::black},
      {"From: both@b.test\r\n\r\n", Listed::black},
      {"From: other@a.test\r\n\r\n", Listed::no},
      {"From: good@a.test\r\nFrom: other@a.test\r\n\r\n", Listed::no},
      {"From: good@a.test, x@b.test\r\n\r\n", Listed::white},
      {"From: good@a.test\r\nFrom: bad@a.test\r\n\r\n", Listed::black},
      {"From: good@a.test\r\nSubject: no end", Listed::no},
      {"From: bad@a.test\r\nSubject: no end", Listed::black},
      {"Subject: x\r\n\r\nFrom: good@a.test\r\n", Listed::no},
      {"Subject: x\r\nMIME-Version: 1.0\r\nFrom: bad@a.test\r\n\r\n", Listed::black},
  };
  for (const auto& row : rows) EXPECT_EQ(listed(row.head), row.listed) << row.head;
  const auto verdict = look("From: My Spam <c@c.test>\r\n\r\n");
  EXPECT_EQ(verdict.sender, "c@c.test");
  EXPECT_EQ(verdict.entry, "spam");
}

TEST_F(ListsTest, ChangesCountWithoutARestart) {
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n"), Listed::no);
  write_file(settings.blacklist, "a@b.test\n");
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n"), Listed::black);
  write_file(settings.blacklist, "other@b.test\n");
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n"), Listed::no);
  std::filesystem::remove(settings.blacklist);
  write_file(settings.whitelist, "a@b.test\n");
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n"), Listed::white);
}

TEST_F(ListsTest, FreshFilesAreNotLookedAt) {
  settings.fresh = std::chrono::hours(1);
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n"), Listed::no);
  write_file(settings.blacklist, "a@b.test\n");
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n"), Listed::no);
}

TEST_F(ListsTest, EachUserHasLists) {
  settings.userlist = dir.path();
  write_file(dir.path() + "/p3scan.blacklist.joe@x", "a@b.test\n");
  write_file(dir.path() + "/p3scan.whitelist.ann", "a@b.test\n");
  write_file(settings.whitelist, "c@d.test\n");
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n", "joe@x"), Listed::black);
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n", "ann"), Listed::white);
  EXPECT_EQ(listed("From: a@b.test, c@d.test\r\n\r\n", "ann"), Listed::white);
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n", "bob"), Listed::no);
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n", ""), Listed::no);
  EXPECT_EQ(listed("From: c@d.test\r\n\r\n", "joe@x"), Listed::white);
}

TEST_F(ListsTest, HomesAndHostileNames) {
  settings.userlist = "~";
  settings.home = dir.path() + "/home";
  std::filesystem::create_directories(settings.home + "/joe");
  write_file(settings.home + "/joe/p3scan.blacklist.joe", "a@b.test\n");
  write_file(dir.path() + "/p3scan.blacklist...", "a@b.test\n");
  EXPECT_EQ(listed("From: a@b.test\r\n\r\n", "joe"), Listed::black);
  for (const std::string_view user : {"..", "../home/joe", "joe/", "/joe", "./joe"})
    EXPECT_EQ(listed("From: a@b.test\r\n\r\n", user), Listed::no) << user;
}

TEST_F(ListsTest, ManyUsersDoNotFillTheMemory) {
  settings.userlist = dir.path();
  settings.fresh = std::chrono::hours(1);
  write_file(settings.blacklist, "a@b.test\n");
  for (int i = 0; i < 500; ++i) EXPECT_EQ(listed("From: a@b.test\r\n\r\n", "user" + std::to_string(i)), Listed::black);
}

TEST_F(ListsTest, WhatIsNoListIsSaidOnce) {
  ASSERT_EQ(::mkfifo(settings.blacklist.c_str(), 0600), 0);
  write_file(settings.whitelist, std::string((1U << 20) + 10, '#'));
  const auto note = look("From: a@b.test\r\n\r\n").note;
  EXPECT_NE(note.find("/black: not a file"), std::string::npos) << note;
  EXPECT_NE(note.find("/white: more than"), std::string::npos) << note;
  EXPECT_EQ(look("From: a@b.test\r\n\r\n").note, "");
}

TEST_F(ListsTest, Configured) {
  EXPECT_TRUE(lists().configured());
  EXPECT_FALSE(Lists({}, pool).configured());
}

}  // namespace
}  // namespace p3scan
