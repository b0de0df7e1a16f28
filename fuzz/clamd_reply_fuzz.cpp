// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "scan/clamd_reply.h"

/// Clean is said in two ways only.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  using namespace p3scan::scan;
  if (std::holds_alternative<Clean>(decode_clamd_reply(text, 0)) != (text == "stream: OK")) std::abort();
  if (std::holds_alternative<Clean>(decode_clamd_reply(text, 1)) && !text.ends_with("1: stream: OK")) std::abort();
  return 0;
}
