// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "scan/virus_regexp.h"

/// First line: the expression; the rest: what a program printed.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  const auto regexp = p3scan::scan::VirusRegexp::compile(std::string(text.substr(0, end)), 0);
  if (regexp && regexp->names(text.substr(end)).size() > p3scan::scan::VirusRegexp::kNamesMax) std::abort();
  return 0;
}
