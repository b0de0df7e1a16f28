// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "scan/icap_chunks.h"
#include "scan/icap_reply.h"

/// Clean is 204 and nothing else; a body ends at the same octet however it comes.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  using namespace p3scan::scan;
  if (const auto end = icap_head_size(text)) {
    if (*end > size) std::abort();
    if (const auto head = parse_icap_head(text.substr(0, *end), "ICAP/1.")) {
      if (std::holds_alternative<Clean>(icap_verdict(*head, 0)) && head->status != 204) std::abort();
      static_cast<void>(decode_icap_options(*head));
      static_cast<void>(icap_encapsulated(*head));
    }
  }
  static_cast<void>(parse_icap_target(text));
  IcapChunks whole;
  auto rest = text;
  const auto state = whole.skip(rest);
  IcapChunks trickled;
  std::size_t used = 0;
  auto now = IcapChunks::State::more;
  while (used < size && now == IcapChunks::State::more) {
    auto one = text.substr(used++, 1);
    now = trickled.skip(one);
  }
  if (now != state || (state == IcapChunks::State::end && used + rest.size() != size)) std::abort();
  return 0;
}
