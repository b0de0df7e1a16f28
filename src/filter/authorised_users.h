// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/asio/asio.h"

namespace p3scan {

/// Where a login that chooses its server stands in the directory of those who may: USER#SERVER:PORT. Empty if user or
/// server can't be part of a file name (see scan::user_file_part), so that nobody can name another directory.
std::string authorised_user_path(std::string_view directory, std::string_view user, std::string_view server,
                                 std::uint16_t port);

/// Whether the file of that name exists. `server` is what the login says, not what it resolves to.
asio::awaitable<bool> is_authorised_user(std::string path, asio::thread_pool& blocking);

}  // namespace p3scan
