// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/alert.h"

namespace p3scan::scan {

Verdict verdict_of_alert(std::string_view name, std::string_view engine) {
  if (name.empty() || name == "(null)") return Failed{std::string(engine) + ": an alert without a name"};
  if (name.starts_with("Heuristics.Encrypted.")) return Unscannable{"encrypted: " + std::string(name)};
  if (name.starts_with("Heuristics.Limits.Exceeded")) return Unscannable{"over a limit: " + std::string(name)};
  return Infected{.name = std::string(name), .engine = std::string(engine)};
}

}  // namespace p3scan::scan
