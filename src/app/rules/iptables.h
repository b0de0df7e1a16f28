// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>

#include "app/rules/interception.h"

// The chains P3SCAN (from PREROUTING) and P3SCAN_LOCAL (from OUTPUT), in the table nat for REDIRECT and in mangle for
// TPROXY. Others' chains get one jump each.
namespace p3scan::app::rules {

enum class Family { ipv4, ipv6 };

/// "nat" or "mangle".
std::string_view iptables_table(const Interception& wanted);

/// A file for iptables-restore --noflush (ip6tables-restore): fills both chains in one step, leaves others alone.
std::string iptables_chains(const Interception& wanted, Family family);

}  // namespace p3scan::app::rules
