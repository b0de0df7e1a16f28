// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "scanner/scanner.h"
#include "scanner/worker_pool.h"

namespace p3scan {

/// The embedded engine, which runs in processes of its own.
class LibclamavScanner final : public Scanner {
 public:
  explicit LibclamavScanner(WorkerPool& workers) : workers_(workers) {}
  std::string_view name() const override { return "libclamav"; }
  boost::asio::awaitable<scan::Verdict> scan(Message& message, const scan::MailFacts& facts) override;

 private:
  WorkerPool& workers_;
};

}  // namespace p3scan
