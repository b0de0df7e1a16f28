// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "scan/aveserver_reply.h"

/// Whole and octet by octet are the same; clean needs a line of class 2.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (size > 4096) return 0;
  using namespace p3scan::scan;
  AveserverReader whole("/m/x", "avpd_new");
  whole.add(text);
  const auto expected = whole.answer();
  AveserverReader trickled("/m/x", "avpd_new");
  std::optional<Verdict> got;
  for (std::size_t n = 0; n < size && !got; ++n) {
    trickled.add(text.substr(n, 1));
    got = trickled.answer();
  }
  if (got != expected) std::abort();
  if (got && std::holds_alternative<Clean>(*got) && text.find('2') == std::string_view::npos) std::abort();
  return 0;
}
