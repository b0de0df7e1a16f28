// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <span>
#include <string>

#include "app/rules/steps.h"
#include "base/result.h"

namespace p3scan::app::rules {

/// Runs one after the other, without a shell, with programs of the system's own directories alone. Stops at the first
/// that fails; the error says which and what it said. Blocks until they ended.
Result<void, std::string> run_steps(std::span<const Step> steps);

}  // namespace p3scan::app::rules
