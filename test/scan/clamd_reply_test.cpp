// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/clamd_reply.h"

#include <gtest/gtest.h>

namespace p3scan::scan {
namespace {

Verdict infected(std::string name) { return Infected{.name = std::move(name), .engine = "clamd"}; }

TEST(ClamdReply, Rows) {
  struct Row {
    std::string_view reply;
    std::uint32_t id;
    Verdict expected;
  };
  const Row rows[] = {
      {"stream: OK", 0, Clean{}},
      {"1: stream: OK", 1, Clean{}},
      {"4294967295: stream: OK", 4294967295U, Clean{}},
      {"7: stream: Eicar-Test-Signature FOUND", 7, infected("Eicar-Test-Signature")},
      {"stream: Win.Test.EICAR_HDB-1(44d88612fea8a8f36de82e1278abb02f:68) FOUND", 0, infected("Win.Test.EICAR_HDB-1")},
      {"stream: Odd(name) FOUND", 0, infected("Odd(name)")},
      {"stream: FOUND FOUND", 0, infected("FOUND")},
      {"stream: OK FOUND", 0, infected("OK")},
      {"stream: Heuristics.Encrypted.Zip FOUND", 0, Unscannable{"encrypted: Heuristics.Encrypted.Zip"}},
      {"stream: Heuristics.Limits.Exceeded.MaxFiles FOUND", 0,
       Unscannable{"over a limit: Heuristics.Limits.Exceeded.MaxFiles"}},
      {"1: INSTREAM size limit exceeded. ERROR", 1, Unscannable{"over a limit: clamd: INSTREAM size limit exceeded."}},
      {"stream: CL_ETIMEOUT: Time limit reached ERROR", 0,
       Unscannable{"over a limit: clamd: CL_ETIMEOUT: Time limit reached"}},
      {"stream: Can't allocate memory ERROR", 0, Failed{"clamd: Can't allocate memory"}},
      {"UNKNOWN COMMAND ERROR", 0, Failed{"clamd: UNKNOWN COMMAND"}},
      {"stream: (null) FOUND", 0, Failed{"clamd: an alert without a name"}},
      {"stream:  FOUND", 0, Failed{"clamd: an alert without a name"}},
  };
  for (const auto& row : rows) EXPECT_EQ(decode_clamd_reply(row.reply, row.id), row.expected) << row.reply;
}

TEST(ClamdReply, NonsenseIsFailed) {
  struct Row {
    std::string_view reply;
    std::uint32_t id;
  };
  const Row rows[] = {
      {"", 0},
      {"", 1},
      {"OK", 0},
      {"stream: ", 0},
      {"stream: O", 0},
      {"stream: OK ", 0},
      {"stream: ok", 0},
      {"stream:OK", 0},
      {" stream: OK", 0},
      {"stream: FOUND", 0},
      {"stream: OK", 1},
      {"2: stream: OK", 1},
      {"1: stream: OK", 0},
      {"01x: stream: OK", 1},
      {"-1: stream: OK", 1},
      {"PONG", 0},
      {"1: PONG", 1},
      {"stream: X found", 0},
      {"file: OK", 0},
  };
  for (const auto& row : rows) {
    EXPECT_TRUE(std::holds_alternative<Failed>(decode_clamd_reply(row.reply, row.id))) << row.reply;
  }
  const auto endless = "stream: " + std::string(kClamdReplyMax, 'x') + " FOUND";
  EXPECT_TRUE(std::holds_alternative<Failed>(decode_clamd_reply(endless, 0)));
}

TEST(ClamdReply, EveryCutIsNotClean) {
  constexpr std::string_view whole = "12: stream: Eicar FOUND";
  for (std::size_t n = 0; n < whole.size(); ++n) {
    EXPECT_TRUE(std::holds_alternative<Failed>(decode_clamd_reply(whole.substr(0, n), 12))) << n;
  }
}

}  // namespace
}  // namespace p3scan::scan
