// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace p3scan::scan {

struct CommandLine {
  std::vector<std::string> words;  // at least one
  /// Says that a character which a shell would act upon means nothing here; empty if there is none.
  std::string warning;
};

/// Splits the setting of a scanner program into words, as a shell would: blanks separate, 'single' and "double" quotes
/// and the backslash protect (between double quotes only before " and \). There is no shell: pipes, redirections,
/// variables and patterns are ordinary characters. The error is for the administrator.
Result<CommandLine, std::string> split_command_line(std::string_view text);

}  // namespace p3scan::scan
