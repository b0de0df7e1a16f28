// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/option.h"

namespace p3scan::config {

/// One option as somebody wrote it, or the mistake found there. Views alias the input.
struct Given {
  const Option* option = nullptr;
  std::string name = {};  // as written: "-t", "--timeout", "timeout"
  std::optional<std::string_view> value = {};
  std::size_t line = 0;    // in a file, from 1
  std::string error = {};  // the whole message, without place; `option` is then unset
};

/// The words after the program's name, with the meaning that GNU getopt_long gives them. Four letters
/// meant something else in 2.3.2 and 3.0, or here; what follows tells: -t FILE is the template and -t alone the check,
/// -s TARGET the scanner and -s alone the settings, -p PORT the port and else -p the passwords in debug output,
/// -c NUMBERS the codes of viruses and -c FILE the configuration file.
std::vector<Given> split_command_line(std::span<const char* const> argv);

/// The lines of a configuration file that say something.
std::vector<Given> split_file(std::string_view text);

/// Why `name` is no option, with the nearest that is.
std::string unknown_option(std::string_view name, const Match& match);

}  // namespace p3scan::config
