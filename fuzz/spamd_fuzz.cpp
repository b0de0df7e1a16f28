// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "scan/spamd.h"

/// The end of a reply always decides; what was decided before it does not change by it.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace p3scan::scan;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = read_spamd_reply(text, true);
  if (!whole) std::abort();
  if (*whole && (!std::isfinite((*whole)->score) || (*whole)->head.size() > size)) std::abort();
  if (!*whole && (*whole).error().text.size() > 200) std::abort();
  const auto early = read_spamd_reply(text, false);
  if (early && early->has_value() != whole->has_value()) std::abort();
  if (early && *early && (*early)->head != (*whole)->head) std::abort();
  return 0;
}
