// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/asio/asio.h"
#include "base/result.h"

namespace p3scan {

using LocalSocket = asio::local::stream_protocol::socket;

/// A path that fits into a socket address.
bool is_socket_path(std::string_view path);

/// Connects to a unix socket; while too many wait there, tries again for `limit`. The error is for the log.
asio::awaitable<Result<LocalSocket, std::string>> connect_local(const std::string& path,
                                                                std::chrono::milliseconds limit);

enum class Heard { something, nothing, the_end };

/// Appends what comes next to `into`; waits for `limit` at most if there is one. Throws operation_aborted when cancelled.
asio::awaitable<Heard> hear(LocalSocket& socket, std::string& into,
                            std::optional<std::chrono::milliseconds> limit = std::nullopt);

/// False if the other side is gone. Throws operation_aborted when cancelled.
asio::awaitable<bool> say(LocalSocket& socket, std::string_view text);

}  // namespace p3scan
