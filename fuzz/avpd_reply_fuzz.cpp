// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "scan/avpd_reply.h"

/// Whatever comes piece by piece gives the verdict of the whole, and only code 0 is clean.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  using namespace p3scan::scan;
  for (const auto order : {std::endian::little, std::endian::big}) {
    const AvpdQuestion question{.path = "/m/x", .engine = "avpd", .order = order};
    const auto whole = decode_avpd_reply(text, question, false);
    std::optional<Verdict> first;
    for (std::size_t n = 0; n <= size && !first; ++n) first = decode_avpd_reply(text.substr(0, n), question, false);
    if (first.has_value() != whole.has_value()) std::abort();
    const auto ended = decode_avpd_reply(text, question, true);
    if (!ended) std::abort();
    const std::size_t code = order == std::endian::little ? 0 : 1;
    if (std::holds_alternative<Clean>(*ended) && (size < 2 || text[code] != '0')) std::abort();
  }
  return 0;
}
