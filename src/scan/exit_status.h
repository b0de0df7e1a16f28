// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "scan/verdict.h"

namespace p3scan::scan {

/// How a scanner program ended.
struct ScannerExit {
  int signal = 0;  // 0: it ended by itself, with `code`
  int code = 0;
};

struct ExitCodes {
  std::span<const int> virus;
  std::span<const int> good;         // besides 0
  std::span<const int> unscannable;  // the program could not look inside
};

/// Killed: Failed. In virus: Infected with `name` ("unknown" if empty). In good, or 0: Clean. In unscannable: that. Else:
/// Failed. In this order; what the program printed never decides.
Verdict verdict_of_exit(ScannerExit exit, ExitCodes codes, std::string_view engine, std::string name);

}  // namespace p3scan::scan
