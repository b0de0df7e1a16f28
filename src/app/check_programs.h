// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <vector>

#include "config/config.h"

namespace p3scan::app {

/// What a check finds about the programs that the configuration names. Looks for the files, runs nothing.
struct ProgramsFound {
  std::vector<std::string> mistakes;  // the option, the program and the remedy
  std::vector<std::string> notes;     // what works, but not as somebody may expect
};
ProgramsFound check_programs(const config::Config& config);

}  // namespace p3scan::app
