// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/verdict.h"

#include <gtest/gtest.h>

namespace p3scan::scan {
namespace {

const Clean kClean;
const Infected kEicar{"Eicar", "clamd"};
const Infected kWorm{"Worm", "basic"};
const Unscannable kLocked{"encrypted"};
const Unscannable kDeep{"too deep"};
const Failed kDown{"clamd: down"};
const Failed kLate{"basic: timed out"};

struct Case {
  const char* name;
  Verdict a;
  Verdict b;
  Verdict both;
};

const Case kCases[] = {
    {"clean_clean", kClean, kClean, kClean},           {"clean_infected", kClean, kEicar, kEicar},
    {"clean_unscannable", kClean, kLocked, kLocked},   {"clean_failed", kClean, kDown, kDown},
    {"infected_unscannable", kEicar, kLocked, kEicar}, {"infected_failed", kEicar, kDown, kEicar},
    {"unscannable_failed", kLocked, kDown, kDown},
};

class CombineTest : public testing::TestWithParam<Case> {};
TEST_P(CombineTest, TheHeavierOneStaysInEitherOrder) {
  EXPECT_EQ(combine(GetParam().a, GetParam().b), GetParam().both);
  EXPECT_EQ(combine(GetParam().b, GetParam().a), GetParam().both);
}
INSTANTIATE_TEST_SUITE_P(Table, CombineTest, testing::ValuesIn(kCases), [](const auto& c) { return c.param.name; });

TEST(Verdict, EqualKindsAreJoined) {
  EXPECT_EQ(combine(kEicar, kWorm), Verdict(Infected{"Eicar & Worm", "clamd & basic"}));
  EXPECT_EQ(combine(kEicar, Infected{"Eicar", "basic"}), Verdict(Infected{"Eicar", "clamd & basic"}));
  EXPECT_EQ(combine(Infected{"", "a"}, kWorm), Verdict(Infected{"Worm", "a & basic"}));
  EXPECT_EQ(combine(kLocked, kDeep), Verdict(Unscannable{"encrypted; too deep"}));
  EXPECT_EQ(combine(kDown, kLate), Verdict(Failed{"clamd: down; basic: timed out"}));
  EXPECT_EQ(combine(kDown, kDown), Verdict(kDown));
}

TEST(Verdict, HasAName) {
  EXPECT_EQ(kind_name(kClean), "clean");
  EXPECT_EQ(kind_name(kEicar), "infected");
  EXPECT_EQ(kind_name(kLocked), "unscannable");
  EXPECT_EQ(kind_name(kDown), "failed");
}

}  // namespace
}  // namespace p3scan::scan
