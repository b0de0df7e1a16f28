// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

#include "config/option.h"

namespace p3scan::config {

/// Reads `text` into the member of `option`; `append` adds to a list instead of replacing it. On an
/// error `config` is as before. Rows without a member of their own (scanners, commands) do nothing.
Checked parse_value(const Option& option, std::string_view text, bool append, Config& config);

/// The text that parse_value() reads back to the same; empty when there is no value.
std::string show_value(const Option& option, const Config& config);

/// What the option accepts: "a number from 1 to 9999 (seconds)".
std::string expected(const Option& option);

}  // namespace p3scan::config
