// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>

#include "proto/smtp_scripts.h"

namespace p3scan::proto::smtp {
namespace {

using namespace std::string_view_literals;

/// The most lenient server there could be: it drops NULs, and CR, LF and CRLF all end a line, of commands and of mail.
class LenientServer {
 public:
  struct Kind {
    bool drops_nuls;
    bool cr_ends_line;
    bool lf_ends_line;
  };
  explicit LenientServer(Kind kind) : kind_(kind) {}

  std::string hear(std::string_view bytes) {
    std::string answer;
    for (const char c : bytes) {
      if (c == '\0' && kind_.drops_nuls) continue;
      const bool crlf = c == '\n' && after_cr_;
      const bool after_line = std::exchange(line_ended_, false);
      if (crlf && after_line) {  // the CR has ended the line already
        after_cr_ = false;
        continue;
      }
      const bool ends = crlf || (c == '\n' && kind_.lf_ends_line) || (c == '\r' && kind_.cr_ends_line);
      after_cr_ = c == '\r';
      if (!ends) {
        line_ += c;
        continue;
      }
      if (crlf) line_.pop_back();
      line_ended_ = c == '\r';
      answer += on_line(std::exchange(line_, {}));
    }
    return answer;
  }

  int transactions = 0;
  std::string commands;

 private:
  std::string on_line(const std::string& line) {
    if (in_data_) {
      if (line != ".") return {};
      in_data_ = false;
      ++transactions;
      return "250 queued\r\n";
    }
    commands += line + "\n";
    in_data_ = ascii::equal_nocase(line, "DATA");
    return in_data_ ? "354 go\r\n" : "250 ok\r\n";
  }

  Kind kind_;
  std::string line_;
  bool after_cr_ = false;
  bool line_ended_ = false;
  bool in_data_ = false;
};

struct Seen {
  int transactions = 0;
  std::string commands;
  std::string client;
};

/// Sends `wire` in two parts, or octet by octet with cut = 0, through the dialog to the server.
Seen converse(BareLf mode, LenientServer::Kind kind, std::string_view wire, std::size_t cut) {
  SmtpDialog dialog({.barelf = mode});
  test::FakeEngine engine(dialog);
  LenientServer server(kind);
  Ruling yes;
  yes.kind = Ruling::Kind::deliver;
  const auto settle = [&] {
    engine.run();
    for (;;) {
      if (engine.scanning()) engine.rule(yes);
      engine.run();
      const auto heard = std::exchange(engine.sent(Side::server), {});
      if (heard.empty() && !engine.scanning()) return;
      engine.feed(Side::server, server.hear(heard));
    }
  };
  engine.feed(Side::server, "220 mx\r\n");
  settle();
  while (!wire.empty()) {
    const auto piece = wire.substr(0, cut == 0 ? 1 : cut);
    wire.remove_prefix(piece.size());
    if (cut != 0) cut = wire.size();
    engine.feed(Side::client, piece);
    settle();
  }
  EXPECT_FALSE(engine.ended()) << engine.ended()->why;
  return {server.transactions, server.commands, engine.sent(Side::client)};
}

constexpr std::string_view kVariants[] = {
    "\n.\n"sv,       "\n.\r"sv,         "\r.\n"sv,          "\r.\r"sv,         "\n.\r\n"sv,      "\r.\r\n"sv,
    "\r\n\0.\r\n"sv, "\r\n.\r\r\n"sv,   "\r\r\n.\r\r\n"sv,  "\r\n.\n"sv,       "\r\n.\r"sv,      "\n\0.\r\n"sv,
    "\r\0\n.\r\n"sv, "\r\n.\0\r\n"sv,   "\r\n\0.\0\r\n"sv,  "\0\r\n.\0\r\n"sv, "\r\n.\r\0\n"sv,  "\n\n.\n\n"sv,
    "\r\r.\r\r"sv,   "\n\r.\n\r"sv,     "\r\n.\n\r\n"sv,    "\r\n\r.\r\n"sv,   "\r\n\n.\r\n"sv,  "\r\n\0\0.\n"sv,
    "\0.\0\n"sv,     "\n.\0\0\r\0\n"sv, "\r\n..\r\n"sv,     "\r\n..\n"sv,      "\r\n.\n.\r\n"sv, "\r\n.\r.\r\n"sv,
    "\n.\n.\n"sv,    "\r\n.\0.\r\n"sv,  "\r\n\0.\n\0.\r"sv,
};

constexpr LenientServer::Kind kServers[] = {{true, true, true},  {true, true, false},  {true, false, true},
                                            {false, true, true}, {true, false, false}, {false, false, true}};

std::string mail_with(std::string_view variant) {
  std::string wire = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: x\r\n\r\nfirst";
  wire += variant;
  return wire + "MAIL FROM:<evil@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nsecond\r\n.\r\nNOOP\r\n";
}

class SmtpSmugglingTest : public testing::TestWithParam<BareLf> {};

TEST_P(SmtpSmugglingTest, NoVariantMakesASecondTransaction) {
  const auto mode = GetParam();
  for (const auto variant : kVariants) {
    const auto wire = mail_with(variant);
    for (const auto kind : kServers) {
      const auto whole = converse(mode, kind, wire, wire.size());
      EXPECT_LE(whole.transactions, 1) << testing::PrintToString(variant);
      EXPECT_FALSE(whole.commands.contains("evil")) << testing::PrintToString(variant);
      EXPECT_TRUE(whole.commands.ends_with("NOOP\n")) << whole.commands;
      if (mode == BareLf::normalize) {
        EXPECT_EQ(whole.transactions, 1) << testing::PrintToString(variant);
      }
    }
    const auto whole = converse(mode, kServers[0], wire, wire.size());
    for (std::size_t cut = 0; cut < wire.size(); ++cut) {
      const auto parts = converse(mode, kServers[0], wire, cut);
      EXPECT_EQ(parts.transactions, whole.transactions) << testing::PrintToString(variant) << cut;
      EXPECT_EQ(parts.commands, whole.commands);
      EXPECT_EQ(parts.client, whole.client);
    }
  }
}

TEST_P(SmtpSmugglingTest, PlainMailIsOneTransaction) {
  const auto wire = mail_with("\r\n..\r\n");
  for (const auto kind : kServers) EXPECT_EQ(converse(GetParam(), kind, wire, wire.size()).transactions, 1);
}

/// Everything that can be made of these octets, up to a length: nobody can think of all variants.
TEST_P(SmtpSmugglingTest, NoShortSequenceDoes) {
  constexpr std::string_view kOctets = "\r\n.\0x"sv;
  constexpr int kLongest = 5;
  for (int length = 1; length <= kLongest; ++length) {
    std::size_t all = 1;
    for (int i = 0; i < length; ++i) all *= kOctets.size();
    for (std::size_t number = 0; number < all; ++number) {
      std::string variant;
      for (auto rest = number; variant.size() < static_cast<std::size_t>(length); rest /= kOctets.size())
        variant += kOctets[rest % kOctets.size()];
      if (variant.contains("\r\n.\r\n")) continue;
      const auto wire = mail_with(variant);
      const auto seen = converse(GetParam(), kServers[0], wire, wire.size());
      ASSERT_LE(seen.transactions, 1) << testing::PrintToString(variant);
      ASSERT_FALSE(seen.commands.contains("evil")) << testing::PrintToString(variant);
    }
  }
}

/// The check itself must be able to fail: without the dialog between them, the server falls for it.
TEST(SmtpSmuggling, ServerIsLenient) {
  LenientServer server({true, true, true});
  server.hear(mail_with("\n.\n"));
  EXPECT_EQ(server.transactions, 2);
}

INSTANTIATE_TEST_SUITE_P(Modes, SmtpSmugglingTest, testing::Values(BareLf::normalize, BareLf::reject, BareLf::pass),
                         [](const auto& mode) {
                           return std::string(mode.param == BareLf::normalize ? "normalize"
                                              : mode.param == BareLf::reject  ? "reject"
                                                                              : "pass");
                         });

}  // namespace
}  // namespace p3scan::proto::smtp
