// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string_view>

#include "scan/verdict.h"

namespace p3scan::scan {

/// Octets of one reply of trophie or sophie; longer ones are cut by the reader.
inline constexpr std::size_t kTrophieReplyMax = 512;

/// The reply of trophie or sophie to a path, all that came; a line ending or NUL at its end is no part of it.
///   "0"              Clean, nothing else is
///   "1:NAME", "1"    Infected; "unknown" without a name
///   all others       Failed: "-1", "-1:reason", nonsense, nothing
Verdict decode_trophie_reply(std::string_view reply, std::string_view engine);

}  // namespace p3scan::scan
