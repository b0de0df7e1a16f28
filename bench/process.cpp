// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <limits>
#include <string>

namespace p3scan::bench {

double cpu_seconds(std::span<const std::uint64_t> pids) {
  constexpr int kFieldsBeforeUtime = 11;  // after the command name, which may contain blanks: proc(5)
  std::uint64_t ticks = 0;
  for (const auto pid : pids) {
    std::ifstream stat(fmt::format("/proc/{}/stat", pid));
    stat.ignore(std::numeric_limits<std::streamsize>::max(), ')');
    std::string skipped;
    for (int i = 0; i < kFieldsBeforeUtime; ++i) stat >> skipped;
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    if (stat >> user >> system) ticks += user + system;
  }
  return static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Memory memory_of(std::span<const std::uint64_t> pids) {
  constexpr std::uint64_t kKilo = 1024;
  Memory sum;
  for (const auto pid : pids) {
    std::ifstream rollup(fmt::format("/proc/{}/smaps_rollup", pid));
    for (std::string key; rollup >> key;) {
      std::uint64_t value = 0;
      if (key == "Rss:" && rollup >> value) sum.rss += value * kKilo;
      if (key == "Pss:" && rollup >> value) sum.pss += value * kKilo;
    }
  }
  return sum;
}

}  // namespace p3scan::bench
