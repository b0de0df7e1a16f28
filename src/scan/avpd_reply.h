// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <bit>
#include <cstddef>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "scan/verdict.h"

// The protocol of kavdaemon (Kaspersky Anti-Virus 3 and 4) on its socket AvpCtl.
namespace p3scan::scan {

/// Octets of one reply; longer ones are nonsense.
inline constexpr std::size_t kAvpdReplyMax = std::size_t{64} * 1024;

/// "<0>Mmm DD HH:MM:SS:/path" and a NUL. `when` is the local time.
std::string avpd_request(std::string_view path, const std::tm& when);

/// What a reply is read for.
struct AvpdQuestion {
  std::string_view path;                    // that was asked about
  std::string_view engine;                  // scanner type, for verdicts
  std::endian order = std::endian::native;  // the daemon runs on this machine and speaks its byte order
};

/// The reply as far as it came; nothing while more is needed. `ended`: nothing more will come.
///
/// Two octets, a number whose low octet is '0' + code and whose high octet has flags: 2, an integer follows that means
/// nothing to us; 1, the length of a text and the text follow. The integers have the size of the daemon's own
/// unsigned long, 4 or 8 octets: which of them shows in the octets, since a text is neither empty nor begins with NUL.
///   0              Clean
///   2, 3, 4        Infected: modified, suspicious, known
///   5, 6           Infected: disinfected, deleted; it was there
///   8              Unscannable: a corrupted object
///   all others     Failed: 1 not finished, 7 the daemon is damaged, 0xf asks what to do, 0x40 and 0x80 internal errors
/// A reply of clean that comes with a text about an infection contradicts itself: Failed.
std::optional<Verdict> decode_avpd_reply(std::string_view octets, const AvpdQuestion& question, bool ended);

/// The name of the virus in "/path   infected: NAME"; "unknown" if there is none.
std::string kaspersky_virus_name(std::string_view text, std::string_view path);

}  // namespace p3scan::scan
