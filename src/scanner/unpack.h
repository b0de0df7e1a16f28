// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "scanner/message_files.h"

namespace p3scan {

/// What is to be unpacked.
struct UnpackSource {
  int message = -1;             // a descriptor of all its octets
  std::uint64_t size = 0;       // of them
  std::uint64_t keep_free = 0;  // octets that must stay free on the disk
};

struct Unpacked {
  std::vector<std::string> files;  // paths, the message itself first
  std::string over_limit;          // there is more than was unpacked: the limit
  std::string error;               // nothing is of use
};

/// Copies the message to files.mail() and its parts, decoded, to files in files.parts(), with the message once more
/// beside them: for an engine that is given the directory alone. A part with several plausible encodings is written once
/// for each. Bounded by the limits of mime::StructureLimits, in number of files and in octets. Takes long: not for an
/// event loop. Gives up when `stop` becomes true.
Unpacked unpack(const UnpackSource& source, const MessageFiles& files, const std::atomic<bool>& stop);

}  // namespace p3scan
