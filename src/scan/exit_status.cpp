// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/exit_status.h"

#include <fmt/format.h>

#include <algorithm>

namespace p3scan::scan {
namespace {

bool has(std::span<const int> codes, int code) { return std::ranges::find(codes, code) != codes.end(); }

}  // namespace

Verdict verdict_of_exit(ScannerExit exit, ExitCodes codes, std::string_view engine, std::string name) {
  if (exit.signal != 0) {
    return Failed{fmt::format("{}: Scanner returned abnormal signal ({})", engine, exit.signal)};
  }
  if (has(codes.virus, exit.code)) {
    return Infected{.name = name.empty() ? std::string(kUnnamedVirus) : std::move(name), .engine = std::string(engine)};
  }
  if (exit.code == 0 || has(codes.good, exit.code)) return Clean{};
  if (has(codes.unscannable, exit.code)) {
    return Unscannable{fmt::format("{}: the scanner could not look inside (exit code {})", engine, exit.code)};
  }
  return Failed{
      fmt::format("{}: Your scanner returned neither 0, a viruscode, nor a good viruscode, but {}", engine, exit.code)};
}

}  // namespace p3scan::scan
