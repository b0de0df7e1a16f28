// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "mime/senders.h"

/// Senders are bounded in number; addresses hold nothing that could end one.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto senders = p3scan::mime::read_senders(text, true);
  if (senders.all.size() > 200) std::abort();
  for (const auto& sender : senders.all)
    if (sender.address.find_first_of("<> \r\n\"") != std::string::npos || sender.line.contains('\n')) std::abort();
  return 0;
}
