// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio.hpp>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <tuple>

namespace p3scan {

namespace asio = boost::asio;
using boost::system::error_code;

/// I/O errors are values: co_await gives a tuple that starts with the error_code.
inline constexpr auto kNothrow = asio::as_tuple(asio::use_awaitable);

}  // namespace p3scan
