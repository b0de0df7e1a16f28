// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <expected>
#include <utility>

namespace p3scan {

/// A value or the reason why there is none. For untrusted input and failing peers, never for bugs.
template <class T, class E>
using Result = std::expected<T, E>;

template <class E>
constexpr auto fail(E error) {
  return std::unexpected<E>(std::move(error));
}

}  // namespace p3scan
