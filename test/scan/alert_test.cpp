// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/alert.h"

#include <gtest/gtest.h>

namespace p3scan::scan {
namespace {

TEST(Alert, TellsAlertsFromWhatCouldNotBeLookedInto) {
  const std::pair<const char*, Verdict> rows[] = {
      {"Win.Test.EICAR_HDB-1", Infected{"Win.Test.EICAR_HDB-1", "libclamav"}},
      {"Heuristics.Phishing.Email", Infected{"Heuristics.Phishing.Email", "libclamav"}},
      {"Heuristics.Encrypted.PDF", Unscannable{"encrypted: Heuristics.Encrypted.PDF"}},
      {"Heuristics.Limits.Exceeded", Unscannable{"over a limit: Heuristics.Limits.Exceeded"}},
      {"Heuristics.Limits.Exceeded.MaxFiles", Unscannable{"over a limit: Heuristics.Limits.Exceeded.MaxFiles"}},
      {"Heuristics.Encrypted", Infected{"Heuristics.Encrypted", "libclamav"}},
      {"(null)", Failed{"libclamav: an alert without a name"}},
      {"", Failed{"libclamav: an alert without a name"}},
  };
  for (const auto& [name, verdict] : rows) EXPECT_EQ(verdict_of_alert(name, "libclamav"), verdict) << name;
}

}  // namespace
}  // namespace p3scan::scan
