// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

#include "scanner/program_engine.h"

namespace p3scan {

/// F-PROT for Linux: version 6 (fpscan), or version 4 (f-prot) if the command names that. `command`: the scanner of the
/// configuration; empty: fpscan, or f-prot where only that is installed. A program without arguments gets ours.
///
/// fpscan's exit code has bits: 1 infected, 2 suspicious, 4 interrupted, 8 files skipped by a limit, 16 platform error,
/// 32 internal error, 64 something could not be scanned (encrypted, corrupted), 128 disinfected. Any of 1, 2 and 128 is a
/// virus; 8 and 64 alone or together are unscannable.
/// f-prot's: 3 infected, 6 removed, 8 suspicious; 0 clean; all others are errors.
ProgramSettings fprot_settings(std::string_view command);

/// F-Secure's fsav: 3 infected, 4 riskware, 6 removed, 8 suspicious; 9 something could not be scanned: unscannable; 0
/// clean; 1, 7 and 130 are errors.
ProgramSettings fsecure_settings(std::string_view command);

}  // namespace p3scan
