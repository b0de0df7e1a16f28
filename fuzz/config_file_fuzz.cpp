// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "config/load.h"
#include "config/text.h"

/// Any file is right or has messages, and what is right shows settings that read back to the same.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace p3scan::config;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto loaded = load({}, text, "fuzz.conf");
  if (!loaded) {
    if (loaded.error().empty() || loaded.error().size() > kMaxErrors + 1) std::abort();
    for (const auto& error : loaded.error())
      if (!error.starts_with('\t') || error.find('\n') != std::string::npos) std::abort();
    return 0;
  }
  if (describe(*loaded).empty()) std::abort();
  const auto settings = settings_text(*loaded);
  const auto again = load({}, settings, "fuzz.conf");
  if (!again || settings_text(*again) != settings) std::abort();
  return 0;
}
