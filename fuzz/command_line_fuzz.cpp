// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "scan/command_line.h"

/// Words hold no more than the text, and never a NUL.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto split = p3scan::scan::split_command_line(text);
  if (!split) return 0;
  std::size_t octets = 0;
  for (const auto& word : split->words) {
    octets += word.size();
    if (word.find('\0') != std::string::npos) std::abort();
  }
  if (split->words.empty() || octets > size) std::abort();
  return 0;
}
