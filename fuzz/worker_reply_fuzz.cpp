// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdlib>

#include "scan/worker_reply.h"
#include "scan/worker_wire.h"

/// Never clean but for the one word; what is decoded can be encoded again without loss.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace p3scan::scan;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view packet(reinterpret_cast<const char*>(data), size);
  const auto verdict = decode_worker_reply(packet);
  if (std::holds_alternative<Clean>(verdict) != (packet == "clean")) std::abort();
  const auto again = decode_worker_reply(encode_worker_reply(verdict));
  if (again.index() != verdict.index()) std::abort();
  if (const auto announcement = decode_announcement(packet)) {
    if (decode_announcement(encode_announcement(*announcement)) != announcement) std::abort();
  }
  return 0;
}
