// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string_view>

#include "scan/verdict.h"

namespace p3scan::scan {

/// Octets of one reply of clamd, terminator included; longer ones are nonsense.
inline constexpr std::size_t kClamdReplyMax = 4096;

/// The reply (without its terminator) to the INSTREAM command number `id` of an IDSESSION; 0 for a command outside
/// of a session, whose reply has no number.
///   "3: stream: OK"                                  Clean
///   "3: stream: NAME FOUND"                          Infected; Unscannable for Heuristics.Encrypted.* and
///                                                    Heuristics.Limits.Exceeded*; Failed for "(null)" or no name
///   "... size limit exceeded. ERROR", time limit     Unscannable
///   any other ERROR, another number, anything else   Failed
/// clamd says OK for what exceeds its limits unless AlertExceedsMax is set; nobody can tell from the reply.
Verdict decode_clamd_reply(std::string_view reply, std::uint32_t id);

}  // namespace p3scan::scan
