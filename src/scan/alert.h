// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

#include "scan/verdict.h"

namespace p3scan::scan {

/// What an alert of ClamAV, libclamav's or clamd's, says about a message. Infected, but for the names by which it says
/// that it could not look inside: Heuristics.Encrypted.* and Heuristics.Limits.Exceeded* are Unscannable, no name and
/// "(null)" are Failed.
Verdict verdict_of_alert(std::string_view name, std::string_view engine);

}  // namespace p3scan::scan
