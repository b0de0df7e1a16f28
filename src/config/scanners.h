// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace p3scan::config {

/// A scannertype line or a scanner line, in the order in which they were given.
struct ScannerGiven {
  bool is_type;
  ScannerType type;    // of a scannertype line
  std::string target;  // of a scanner line
  std::string place;   // begins messages about it
};

/// The error is the rest of a sentence about the value.
Result<ScannerType, std::string> parse_scannertype(std::string_view text);

/// Makes engines of the lines of the file and those of the command line, which win. Lines before the
/// only scannertype belong to it; a scanner without any type is 2.3.2's default, basic.
Result<std::vector<ScannerConfig>, std::vector<std::string>> make_scanners(std::span<const ScannerGiven> file,
                                                                           std::span<const ScannerGiven> command_line);

}  // namespace p3scan::config
