// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/pipeline.h"

#include <fmt/format.h>

#include <vector>

#include "base/asio/asio.h"

namespace p3scan {
namespace {

asio::awaitable<scan::Verdict> guarded(Scanner& scanner, Message& message, const scan::MailFacts& facts) {
  std::string why;
  try {
    co_return co_await scanner.scan(message, facts);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    why = e.what();
  }
  co_return scan::Failed{fmt::format("{}: {}", scanner.name(), why)};
}

}  // namespace

asio::awaitable<scan::Verdict> scan_all(std::span<const std::unique_ptr<Scanner>> scanners, Message& message,
                                        const scan::MailFacts& facts) {
  if (scanners.empty()) co_return scan::Failed{"no scanner is configured"};
  if (scanners.size() == 1) co_return co_await guarded(*scanners.front(), message, facts);
  const auto executor = co_await asio::this_coro::executor;
  using Operation = decltype(asio::co_spawn(executor, guarded(*scanners.front(), message, facts), asio::deferred));
  std::vector<Operation> operations;
  for (const auto& scanner : scanners) {
    operations.push_back(asio::co_spawn(executor, guarded(*scanner, message, facts), asio::deferred));
  }
  const auto [order, thrown, verdicts] = co_await asio::experimental::make_parallel_group(std::move(operations))
                                             .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  scan::Verdict all = scan::Clean{};
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    all = scan::combine(std::move(all), thrown[i] ? scan::Verdict(scan::Failed{"internal error"}) : verdicts[i]);
  }
  co_return all;
}

}  // namespace p3scan
