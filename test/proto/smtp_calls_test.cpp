// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>

#include "proto/smtp_scripts.h"

namespace p3scan::proto::smtp {
namespace {

/// Feeds what the peers say in large pieces and lets the dialog run until it waits.
struct Calls {
  SmtpDialog dialog{Options{}};
  std::string client;
  std::string server;
  Ruling ruling;
  bool ruled = false;
  int resumes = 0;
  std::size_t pieces = 0;

  void run() {
    for (;;) {
      auto in = inbox(client, server, ruled ? &ruling : nullptr);
      Outbox out;
      const auto action = dialog.resume(in, out);
      ++resumes;
      pieces += out.content.size();
      client.erase(0, client.size() - in.client.size());
      server.erase(0, server.size() - in.server.size());
      if (std::holds_alternative<Wait>(action) || std::holds_alternative<Scan>(action)) return;
    }
  }
};

TEST(SmtpData, MailNeedsFewCallsAndFewPieces) {
  Calls calls;
  calls.server = "220 mx\r\n";
  calls.run();
  calls.client = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n";
  calls.run();
  calls.server = "250 ok\r\n250 ok\r\n";
  calls.run();
  calls.resumes = 0;
  calls.client = "DATA\r\n";
  calls.run();
  for (int i = 0; i < 1000; ++i) calls.client += "fifty octets of text in a line of a usual message\r\n";
  calls.client += ".\r\n";
  calls.run();
  calls.ruling.kind = Ruling::Kind::deliver;
  calls.ruled = true;
  calls.run();
  calls.server = "354 go\r\n";
  calls.run();
  calls.server = "250 ok\r\n";
  calls.run();
  EXPECT_LE(calls.resumes, 8);
  EXPECT_LE(calls.pieces, 12U);
}

/// An input of line feeds makes a piece of each; they must not all come at once.
TEST(SmtpData, PiecesOfOneCallAreBounded) {
  Calls calls;
  calls.server = "220 mx\r\n";
  calls.run();
  calls.client = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n";
  calls.run();
  calls.server = "250 ok\r\n250 ok\r\n";
  calls.run();
  calls.client = "DATA\r\n";
  calls.run();
  calls.resumes = 0;
  calls.client = std::string(65536, '\n');
  calls.run();
  EXPECT_EQ(calls.pieces, 65536U);
  EXPECT_GE(calls.resumes, 4);
}

/// A server that says yes to everything. Returns what Begin says: whether the message is to be looked at.
bool scanned(SmtpDialog& dialog, std::string client, std::string server) {
  for (int i = 0; i < 20; ++i) {
    auto in = inbox(client, server);
    Outbox out;
    const auto action = dialog.resume(in, out);
    client = in.client;
    server = in.server;
    for (auto lines = std::ranges::count(out.server, '\n'); lines > 0; --lines) server += "250 ok\r\n";
    if (const auto* begin = std::get_if<Begin>(&action)) return begin->scan;
  }
  ADD_FAILURE() << "no message";
  return false;
}

TEST(SmtpChecksize, OnlyTheMailAnnouncedTooLargeIsNotLookedAt) {
  struct Row {
    std::string mail;
    std::uint64_t checksize;
    bool scanned;
  };
  const Row rows[] = {{"SIZE=3071", 2, true},
                      {"SIZE=3072", 2, false},
                      {"", 2, true},
                      {"SIZE=3072\r\nRSET\r\nMAIL FROM:<a@b>", 2, true},
                      {"SIZE=99999999999", 0, true}};
  for (const auto& row : rows) {
    SmtpDialog dialog({.checksize = row.checksize});
    const auto client = "MAIL FROM:<a@b> " + row.mail + "\r\nRCPT TO:<a@b>\r\nDATA\r\n";
    EXPECT_EQ(scanned(dialog, client, "220 mx\r\n"), row.scanned) << row.mail;
  }
}

TEST(SmtpChecksize, TheNextMailOfTheSessionIsLookedAt) {
  SmtpDialog dialog({.checksize = 2});
  EXPECT_FALSE(scanned(dialog, "MAIL FROM:<a@b> SIZE=9999\r\nRCPT TO:<a@b>\r\nDATA\r\n", "220 mx\r\n"));
  Ruling ruling;
  ruling.kind = Ruling::Kind::refuse;
  Outbox out;
  auto dot = inbox(".\r\n", {});
  EXPECT_TRUE(std::holds_alternative<Scan>(dialog.resume(dot, out)));
  auto ruled = inbox({}, {}, &ruling);
  EXPECT_TRUE(std::holds_alternative<Drop>(dialog.resume(ruled, out)));
  EXPECT_TRUE(scanned(dialog, "MAIL FROM:<a@b> SIZE=9\r\nRCPT TO:<a@b>\r\nDATA\r\n", "250 flushed\r\n"));
}

}  // namespace
}  // namespace p3scan::proto::smtp
