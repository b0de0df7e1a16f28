// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/libclamav.h"

#include <limits>

namespace p3scan {

boost::asio::awaitable<scan::Verdict> LibclamavScanner::scan(Message& message, const scan::MailFacts& /*facts*/) {
  while (!message.is_complete() && !message.is_abandoned()) {
    co_await message.grown(std::numeric_limits<std::uint64_t>::max());
  }
  if (!message.is_complete()) co_return scan::Failed{"libclamav: the message is incomplete"};
  auto file = message.open_readonly();
  if (!file) co_return scan::Failed{"libclamav: the spool can't be read"};
  co_return co_await workers_.scan(std::move(*file));
}

}  // namespace p3scan
