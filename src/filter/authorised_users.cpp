// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/authorised_users.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

#include "scan/address_list.h"

namespace p3scan {

std::string authorised_user_path(std::string_view directory, std::string_view user, std::string_view server,
                                 std::uint16_t port) {
  // With a '#' in either, two logins could share a file.
  const bool plain = !user.contains('#') && !server.contains('#');
  if (!plain || scan::user_file_part(user).empty() || scan::user_file_part(server).empty()) return {};
  return fmt::format("{}/{}#{}:{}", directory, user, server, port);
}

asio::awaitable<bool> is_authorised_user(std::string path, asio::thread_pool& blocking) {
  auto work = [](std::string file) -> asio::awaitable<bool> {
    struct stat status{};
    co_return ::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode);
  };
  if (path.empty()) co_return false;
  // Without a slot no cancellation gets through, which would race with the other thread.
  co_return co_await asio::co_spawn(blocking, work(std::move(path)),
                                    asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
}

}  // namespace p3scan
