// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "scan/verdict.h"

namespace p3scan::scan {

/// Largest answer of a scanning process, in octets: one SOCK_SEQPACKET packet.
inline constexpr std::size_t kWorkerReplyMax = 4096;

/// "clean", "infected NAME", "unscannable REASON" or "failed REASON". Long names are cut, control characters in them
/// become '?'. The name of the engine is not sent.
std::string encode_worker_reply(const Verdict& verdict);

/// Anything but these four texts is Failed: an empty packet, no name, a cut packet (longer than kWorkerReplyMax).
/// Infected::engine is `engine`.
Verdict decode_worker_reply(std::string_view packet, std::string_view engine = "libclamav");

}  // namespace p3scan::scan
