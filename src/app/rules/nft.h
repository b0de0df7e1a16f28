// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>

#include "app/rules/interception.h"

namespace p3scan::app::rules {

/// A file for nft -f: the table "inet p3scan", which replaces itself in one step. Sessions under way live on.
std::string nft_rules(const Interception& wanted);

/// A file for nft -f that removes the table, whether or not it is there.
std::string nft_removal();

}  // namespace p3scan::app::rules
