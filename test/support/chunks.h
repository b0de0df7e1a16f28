// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace p3scan::test {

/// The sizes in which each row is fed: byte by byte up to whole.
inline constexpr std::size_t kChunkSizes[] = {1, 2, 3, 7, 1U << 20};

/// Feeds `wire` in pieces of `step` octets like a connection does: `take(view, last)` removes what it used off the
/// front, the rest is offered again with the next piece. Returns what was never taken.
template <class Take>
std::string feed(std::string_view wire, std::size_t step, Take take) {
  std::string buffer;
  do {
    const auto piece = wire.substr(0, std::min(step, wire.size()));
    wire.remove_prefix(piece.size());
    buffer += piece;
    std::string_view view = buffer;
    take(view, wire.empty());
    buffer.erase(0, buffer.size() - view.size());
  } while (!wire.empty());
  return buffer;
}

}  // namespace p3scan::test
