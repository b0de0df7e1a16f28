// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/worker_reply.h"

#include <gtest/gtest.h>

#include "scan/worker_wire.h"

namespace p3scan::scan {
namespace {

TEST(WorkerReply, ComesBackAsItWent) {
  for (const Verdict& verdict :
       {Verdict{Clean{}}, Verdict{Infected{"Eicar & Other", "libclamav"}},
        Verdict{Unscannable{"encrypted: Heuristics.Encrypted.Zip"}}, Verdict{Failed{"out of memory"}}}) {
    EXPECT_EQ(decode_worker_reply(encode_worker_reply(verdict)), verdict);
  }
}

TEST(WorkerReply, LongAndOddNamesStayOnePacket) {
  const auto packet = encode_worker_reply(Infected{std::string(10'000, 'x'), ""});
  EXPECT_EQ(packet.size(), kWorkerReplyMax);
  EXPECT_TRUE(std::holds_alternative<Infected>(decode_worker_reply(packet)));
  EXPECT_EQ(encode_worker_reply(Infected{"a\r\nb", ""}), "infected a??b");
  EXPECT_TRUE(std::holds_alternative<Infected>(decode_worker_reply(encode_worker_reply(Infected{}))));
}

TEST(WorkerReply, AnythingElseIsFailed) {
  for (const std::string_view packet : {"", "c", "clea", "clean ", "clean\n", "Clean", " clean", "infected",
                                        "infected ", "unscannable ", "failed", "failed ", "nonsense"}) {
    EXPECT_TRUE(std::holds_alternative<Failed>(decode_worker_reply(packet))) << packet;
  }
  const auto cut = "infected " + std::string(kWorkerReplyMax, 'x');
  EXPECT_TRUE(std::holds_alternative<Failed>(decode_worker_reply(cut)));
}

TEST(WorkerAnnouncement, Rows) {
  struct Row {
    std::string_view packet;
    std::optional<WorkerAnnouncement> expected;
  };
  const Row rows[] = {
      {"worker 1 4711", WorkerAnnouncement{1, 4711}},
      {"worker 18446744073709551615 1", WorkerAnnouncement{18446744073709551615U, 1}},
      {"", std::nullopt},
      {"worker", std::nullopt},
      {"worker 1", std::nullopt},
      {"worker 1 ", std::nullopt},
      {"worker 1 0", std::nullopt},
      {"worker 1 -5", std::nullopt},
      {"worker 1 5 ", std::nullopt},
      {"worker x 5", std::nullopt},
      {"worker 1 99999999999", std::nullopt},
      {"Worker 1 5", std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(decode_announcement(row.packet), row.expected) << row.packet;
  EXPECT_EQ(decode_announcement(encode_announcement({7, 4711})), (WorkerAnnouncement{7, 4711}));
}

}  // namespace
}  // namespace p3scan::scan
