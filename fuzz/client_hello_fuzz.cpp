// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/ascii.h"
#include "proto/client_hello.h"

/// What is found depends on no chunk, is found in the first octets that allow it, and names only what can be a host.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace p3scan::proto;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view wire(reinterpret_cast<const char*>(data), size);
  const auto whole = parse_client_hello(wire);
  if (size > kLongestHello && !whole && whole.error() == HelloError::need_more) std::abort();
  if (whole) {
    const auto allowed = [](char c) { return p3scan::ascii::is_alnum(c) || c == '.' || c == '-' || c == '_'; };
    if (!std::ranges::all_of(whole->server_name, allowed) || whole->lowest > whole->highest) std::abort();
  }
  const std::size_t step = std::max<std::size_t>(1, size / 64);
  for (std::size_t have = 0; have < size; have += step) {
    const auto part = parse_client_hello(wire.substr(0, have));
    // Once it is decided more octets change nothing.
    if (part && !(whole && *whole == *part) && !(!whole && whole.error() == HelloError::not_tls)) std::abort();
    if (!part && part.error() == HelloError::not_tls && (whole || whole.error() != HelloError::not_tls)) std::abort();
  }
  return 0;
}
