// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"

// From a command line and a configuration file to a Config. Precedence: command line > file > defaults.
namespace p3scan::config {

/// One message per mistake, each naming where it is (file and line, or command line), the option and
/// the remedy. Never empty in a failure; all mistakes are reported, up to kMaxErrors.
using Errors = std::vector<std::string>;
constexpr std::size_t kMaxErrors = 100;

/// What the caller prints to stdout after the errors (these go to stderr); the exit status is then 1.
constexpr std::string_view kNotOk =
    "Commandline options/configfile are not ok: the mistakes are listed above.\n"
    "Correct them and try again; p3scan --help and p3scan.conf(5) tell what is possible.\n";

enum class Action { run, help, version, check, settings, dump_sample_conf, dump_man8, dump_man5, dump_compat };

/// A configuration and where it comes from.
struct Loaded {
  Config config;
  /// By row of options(): "p3scan.conf:12", "command line", "default".
  std::vector<std::string> origins;
};

/// The part of the command line that matters before the configuration file is read.
struct Invocation {
  Action action = Action::run;
  std::string configfile = Config{}.configfile;
  bool configfile_given = false;  // with -f or -c: then it must exist
};

/// `argv` as main() has it, the program's name first. Looks at the options for the command line alone; fails only
/// when -f has no argument. Everything else is left to load().
Result<Invocation, Errors> parse_invocation(std::span<const char* const> argv);

/// What the actions help, version and dump_* print; nothing for run, check and settings, which need a Config.
std::optional<std::string> output_of(Action action);

/// The text of the configuration file: empty when the default file does not exist; an error when it
/// can't be read or was named and does not exist. Does I/O; to be called while still root.
Result<std::string, Errors> read_configfile(const Invocation& invocation);

/// Sets everything from the file's text, then from `argv` as above, and checks the whole. Pure, so
/// that a reload is the same call with a new text. `file_name` is for messages and Config::configfile.
Result<Config, Errors> load(std::span<const char* const> argv, std::string_view file_text, std::string_view file_name);
Result<Loaded, Errors> load_with_origins(std::span<const char* const> argv, std::string_view file_text,
                                         std::string_view file_name);

}  // namespace p3scan::config
