// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "support/dialog_script.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "proto/line.h"

namespace p3scan::proto {
namespace {

/// Takes the server's dotted text as a message and gives it to the client: the least that a script can drive.
class Fetch final : public Dialog {
 public:
  explicit Fetch(bool leaky = false) : leaky_(leaky) {}

  Action resume(Inbox& in, Outbox& out) override {
    if (delivered_) return End{Outcome::finished};
    if (!begun_) {
      begun_ = true;
      return Begin{Direction::incoming};
    }
    if (complete_) {
      if (in.ruling == nullptr) return Wait{};
      delivered_ = in.ruling->kind == Ruling::Kind::deliver;
      if (!delivered_) return End{Outcome::aborted};
      return Deliver{Side::client};
    }
    if (leaky_) out.client = in.server;
    complete_ = reader_.read(in.server, out.content, out.lone_dots);
    if (complete_) return Scan{};
    if (in.server_closed) return End{Outcome::server_gone};
    return Wait{};
  }

 private:
  bool leaky_;
  bool begun_ = false;
  bool complete_ = false;
  bool delivered_ = false;
  DotReader reader_;
};

TEST(DialogScript, PlaysADialog) {
  test::play([] { return std::make_unique<Fetch>(); }, R"(
    S: ..a
    S: .b
    quiet
    S: .
    quiet
    scan: deliver
    C< ..a
    C< .b
    C< .
    end: finished
  )");
  test::play([] { return std::make_unique<Fetch>(); }, R"(
    S: EICAR
    S: .
    scan: refuse no
    end: aborted
  )");
}

TEST(DialogScript, SeesALeak) {
  Fetch fetch(true);
  test::FakeEngine engine(fetch);
  engine.feed(Side::server, "EICAR\r\n");
  engine.close(Side::server);
  EXPECT_NONFATAL_FAILURE(engine.run(), "leaked");
}

TEST(DialogScript, SeesAnEarlyTerminator) {
  Fetch fetch(true);
  test::FakeEngine engine(fetch);
  engine.feed(Side::server, "a\r\n.\r\n");
  EXPECT_NONFATAL_FAILURE(
      {
        engine.run();
        engine.rule({.kind = Ruling::Kind::refuse, .text = {}});
        engine.run();
      },
      "terminator");
}

TEST(DialogScript, UnescapesText) { EXPECT_EQ(test::unescape("a\\r\\n\\x2a\\\\b"), "a\r\n*\\b"); }

}  // namespace
}  // namespace p3scan::proto
