// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <span>

namespace p3scan::bench {

struct Memory {
  std::uint64_t rss = 0;  // octets
  std::uint64_t pss = 0;  // octets; shared pages count by their share
};

/// User and system time of these processes, ended threads included, in seconds. A process that is gone counts nothing.
double cpu_seconds(std::span<const std::uint64_t> pids);
Memory memory_of(std::span<const std::uint64_t> pids);

}  // namespace p3scan::bench
