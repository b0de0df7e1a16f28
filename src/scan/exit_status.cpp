// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/exit_status.h"

#include <algorithm>

namespace p3scan::scan {
namespace {

bool has(std::span<const int> codes, int code) { return std::ranges::find(codes, code) != codes.end(); }

}  // namespace

Verdict verdict_of_exit(ScannerExit exit, ExitCodes codes, std::string name) {
  if (exit.signal != 0) {
    return Failed{"basic: Scanner returned abnormal signal (" + std::to_string(exit.signal) + ")"};
  }
  if (has(codes.virus, exit.code))
    return Infected{.name = name.empty() ? "unknown" : std::move(name), .engine = "basic"};
  if (exit.code == 0 || has(codes.good, exit.code)) return Clean{};
  return Failed{"basic: Your scanner returned neither 0, a viruscode, nor a good viruscode, but " +
                std::to_string(exit.code)};
}

}  // namespace p3scan::scan
