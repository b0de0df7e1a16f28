// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <vector>

#include "config/config.h"
#include "config/load.h"

namespace p3scan::app {

/// What main() found out.
struct Started {
  config::Invocation invocation;  // configfile is an absolute path
  config::Config config;
  std::vector<std::string> argv;
};

/// The configuration for `argv` and the file's text.
Result<config::Config, config::Errors> configure(const std::vector<std::string>& argv,
                                                 const config::Invocation& invocation, const std::string& text);

/// Binds, gives up root, goes to the background and runs until told to end. Returns the exit code.
int run_daemon(Started started);

/// Looks at everything that a start would need and prints what it would do. Returns the exit code.
int run_check(const Started& started);

/// Without root for good, if it was there. The account is the daemon's; an error is one sentence.
struct Account;
Result<void, std::string> give_up_root(const config::Config& config, const Account& account);

}  // namespace p3scan::app
