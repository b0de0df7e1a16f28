// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/types.h>

#include <optional>
#include <span>
#include <string>

#include "base/result.h"

// Who the daemon runs as. All of this is for a process with one thread.
namespace p3scan::app {

struct Account {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

std::optional<Account> find_account(const std::string& name);
/// The account of the calling process; its number when it has no name.
Account current_account();
bool is_root();

/// Root becomes `account` for good, in all its groups, and keeps only `capabilities` (CAP_*). Checked afterwards.
Result<void, std::string> become(const Account& account, std::span<const unsigned> capabilities);

/// Keeps only those of `capabilities` that the process has. For children, and when not started as root.
Result<void, std::string> keep_only(std::span<const unsigned> capabilities);

/// No program started from here on gains anything, no core file is written, nobody of the same user may trace us.
void seal_process();

/// A session needs up to eight descriptors: the soft limit goes up to the hard one. Returns the limit.
std::size_t raise_descriptor_limit();

}  // namespace p3scan::app
