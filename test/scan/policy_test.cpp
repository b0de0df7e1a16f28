// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/policy.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace p3scan::scan {
namespace {

using Kind = Decision::Kind;

constexpr OnFailure kFailures[] = {OnFailure::tempfail, OnFailure::deliver};
constexpr OnUnscannable kUnscannables[] = {OnUnscannable::deliver_marked, OnUnscannable::notify,
                                           OnUnscannable::tempfail, OnUnscannable::reject};
constexpr Way kWays[] = {Way::incoming, Way::outgoing};

TEST(Policy, CleanIsDeliveredAndInfectedNeverWhateverIsSet) {
  for (const auto way : kWays) {
    for (const auto failure : kFailures) {
      for (const auto unscannable : kUnscannables) {
        const Policy policy{failure, unscannable, "no"};
        EXPECT_EQ(decide(Clean{}, way, policy), (Decision{Kind::deliver, ""}));
        const Decision expected =
            way == Way::incoming ? Decision{Kind::replace, "Eicar"} : Decision{Kind::refuse, "no"};
        EXPECT_EQ(decide(Infected{"Eicar", "clamd"}, way, policy), expected);
      }
    }
  }
}

TEST(Policy, DefaultsDeliverNothingUnseenWithoutAMark) {
  for (const auto way : kWays) {
    EXPECT_EQ(decide(Failed{"down"}, way, {}).kind, Kind::tempfail);
    EXPECT_EQ(decide(Unscannable{"locked"}, way, {}), (Decision{Kind::deliver_marked, "locked"}));
  }
}

struct FailedCase {
  Way way;
  OnFailure on_failure;
  Kind kind;
  const char* text;
};

TEST(Policy, Failed) {
  constexpr FailedCase kCases[] = {
      {Way::incoming, OnFailure::tempfail, Kind::tempfail, "The message could not be scanned, try again later"},
      {Way::outgoing, OnFailure::tempfail, Kind::tempfail, "The message could not be scanned, try again later"},
      {Way::incoming, OnFailure::deliver, Kind::deliver_marked, "clamd /run/x: down"},
      {Way::outgoing, OnFailure::deliver, Kind::deliver_marked, "the scanner failed"},
  };
  for (const auto& c : kCases) {
    for (const auto unscannable : kUnscannables) {
      EXPECT_EQ(decide(Failed{"clamd /run/x: down"}, c.way, {c.on_failure, unscannable, ""}),
                (Decision{c.kind, c.text}));
    }
  }
}

struct UnscannableCase {
  Way way;
  OnUnscannable on_unscannable;
  Kind kind;
  const char* text;
};

TEST(Policy, Unscannable) {
  constexpr const char* kWhy = "The message can not be scanned: locked";
  constexpr const char* kLater = "The message could not be scanned, try again later";
  constexpr UnscannableCase kCases[] = {
      {Way::incoming, OnUnscannable::deliver_marked, Kind::deliver_marked, "locked"},
      {Way::incoming, OnUnscannable::notify, Kind::replace, kWhy},
      {Way::incoming, OnUnscannable::tempfail, Kind::tempfail, kLater},
      {Way::incoming, OnUnscannable::reject, Kind::refuse, kWhy},
      {Way::outgoing, OnUnscannable::deliver_marked, Kind::deliver_marked, "locked"},
      {Way::outgoing, OnUnscannable::notify, Kind::refuse, kWhy},
      {Way::outgoing, OnUnscannable::tempfail, Kind::tempfail, kLater},
      {Way::outgoing, OnUnscannable::reject, Kind::refuse, kWhy},
  };
  for (const auto& c : kCases) {
    for (const auto failure : kFailures) {
      EXPECT_EQ(decide(Unscannable{"locked"}, c.way, {failure, c.on_unscannable, ""}), (Decision{c.kind, c.text}));
    }
  }
}

TEST(Policy, ReplyTextsAreOneBoundedLineOfAscii) {
  const Policy policy{OnFailure::tempfail, OnUnscannable::reject, "no\r\n250 OK \xc3\xa4" + std::string(1000, 'x')};
  for (const auto& text :
       {decide(Infected{"x", "y"}, Way::outgoing, policy).text,
        decide(Unscannable{std::string("a\r\nb\0", 5) + std::string(1000, '\xff')}, Way::incoming, policy).text}) {
    EXPECT_LE(text.size(), 200U);
    EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; })) << text;
  }
}

TEST(Policy, AVirusWithoutNameStillHasText) {
  EXPECT_EQ(decide(Infected{"", "basic"}, Way::incoming, {}).text, "<no virusinfo could be examined>");
}

}  // namespace
}  // namespace p3scan::scan
