// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "scan/trophie_reply.h"

/// Clean is said in one way only.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  using namespace p3scan::scan;
  const bool clean = std::holds_alternative<Clean>(decode_trophie_reply(text, "trophie"));
  const auto rest = text.empty() ? text : text.substr(1);
  const bool zero =
      text.starts_with('0') && rest.find_first_not_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
  if (clean != zero) std::abort();
  return 0;
}
