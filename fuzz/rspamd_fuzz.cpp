// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "scan/rspamd.h"

/// Whatever a reply is, what comes of it is bounded and can be printed.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto reply = p3scan::scan::read_rspamd_reply(text);
  const auto& line = reply ? reply->action : reply.error();
  for (const char c : line)
    if (c < 0x20 || c > 0x7e) std::abort();
  if (line.empty() || line.size() > 200) std::abort();
  if (reply && (reply->symbols.size() > 100 || !std::isfinite(reply->score) || !std::isfinite(reply->required))) {
    std::abort();
  }
  return 0;
}
