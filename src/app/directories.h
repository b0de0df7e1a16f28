// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <vector>

#include "app/privileges.h"
#include "base/result.h"
#include "config/config.h"

namespace p3scan::app {

/// As root, before giving that up: creates the spool (mode 0700) and the directory of the pid file, when they are
/// missing, as `account`'s. One named p3scan that is root's is made `account`'s; what else exists is left as it is.
Result<void, std::string> create_directories(const config::Config& config, const Account& account);

/// As the daemon's user: creates virusdir/children, where scanning processes work. Empties it of what a crash left.
Result<void, std::string> prepare_spool(const config::Config& config);

/// Whether create_directories would create the spool or take it over.
bool made_by_start(const std::string& virusdir);

/// What would keep a daemon running as the calling user from its spool, in one sentence; empty if nothing.
std::string check_spool(const config::Config& config);
/// The same for the other files, one sentence each.
std::vector<std::string> check_files(const config::Config& config);

}  // namespace p3scan::app
