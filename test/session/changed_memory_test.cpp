// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/changed_memory.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace p3scan::session {
namespace {

using Uids = std::vector<std::uint32_t>;

imap::Mailbox mailbox(std::string name, std::uint32_t validity = 1) {
  return {.server = "192.0.2.1:143", .user = "eve", .name = std::move(name), .validity = validity};
}

TEST(ChangedMemory, RemembersPerMailbox) {
  ChangedMemory memory;
  memory.add(mailbox("INBOX"), 7);
  memory.add(mailbox("INBOX"), 3);
  memory.add(mailbox("INBOX"), 7);
  EXPECT_EQ(memory.uids(mailbox("INBOX")), (Uids{3, 7}));
  auto other = mailbox("INBOX", 2);
  EXPECT_EQ(memory.uids(other), Uids{});
  other = mailbox("INBOX");
  other.user = "bob";
  EXPECT_EQ(memory.uids(other), Uids{});
  other = mailbox("INBOX");
  other.server = "192.0.2.2:143";
  EXPECT_EQ(memory.uids(other), Uids{});
  EXPECT_EQ(memory.uids(mailbox("inbox")), Uids{});
  memory.remove(mailbox("INBOX"), 7);
  memory.remove(mailbox("INBOX"), 8);
  memory.remove(mailbox("Sent"), 3);
  EXPECT_EQ(memory.uids(mailbox("INBOX")), (Uids{3}));
  memory.remove(mailbox("INBOX"), 3);
  EXPECT_EQ(memory.uids(mailbox("INBOX")), Uids{});
}

TEST(ChangedMemory, PartsOfAMailboxAreNotMixedUp) {
  ChangedMemory memory;
  memory.add({.server = "a", .user = "b 1:c", .name = "d", .validity = 1}, 1);
  EXPECT_EQ(memory.uids({.server = "a", .user = "b", .name = "c 1:d", .validity = 1}), Uids{});
}

TEST(ChangedMemory, ForgetsTheMailboxNotUsedForLongest) {
  ChangedMemory memory({.mailboxes = 2});
  memory.add(mailbox("a"), 1);
  memory.add(mailbox("b"), 1);
  EXPECT_EQ(memory.uids(mailbox("a")), (Uids{1}));
  memory.add(mailbox("c"), 1);
  EXPECT_EQ(memory.uids(mailbox("a")), (Uids{1}));
  EXPECT_EQ(memory.uids(mailbox("b")), Uids{});
  EXPECT_EQ(memory.uids(mailbox("c")), (Uids{1}));
}

TEST(ChangedMemory, IsBounded) {
  ChangedMemory memory({.mailboxes = 10, .messages = 3, .total = 5, .name = 40});
  for (std::uint32_t uid = 1; uid <= 10; ++uid) memory.add(mailbox("a"), uid);
  EXPECT_EQ(memory.uids(mailbox("a")), (Uids{8, 9, 10}));
  for (std::uint32_t uid = 1; uid <= 3; ++uid) memory.add(mailbox("b"), uid);
  EXPECT_EQ(memory.uids(mailbox("a")), Uids{}) << "six in all are too many";
  EXPECT_EQ(memory.uids(mailbox("b")), (Uids{1, 2, 3}));
  memory.add(mailbox(std::string(100, 'x')), 1);
  EXPECT_EQ(memory.uids(mailbox(std::string(100, 'x'))), Uids{});
}

TEST(ChangedMemory, IsSafeFromManyThreads) {
  ChangedMemory memory({.mailboxes = 3, .messages = 50, .total = 100});
  std::vector<std::jthread> threads;
  for (std::uint32_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&memory, thread] {
      for (std::uint32_t i = 0; i < 2000; ++i) {
        const auto where = mailbox(std::to_string((i + thread) % 5));
        memory.add(where, i);
        EXPECT_LE(memory.uids(where).size(), 50U);
        memory.remove(where, i / 2);
      }
    });
  }
  threads.clear();
  std::size_t total = 0;
  for (int i = 0; i < 5; ++i) total += memory.uids(mailbox(std::to_string(i))).size();
  EXPECT_LE(total, 100U);
}

}  // namespace
}  // namespace p3scan::session
