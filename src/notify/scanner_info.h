// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/asio/asio.h"
#include "base/log.h"

namespace p3scan::notify {

/// What the scanners say about themselves (%VDINFO%), asked at most once a minute for all sessions of an event loop. Mail
/// waits for it only when there is nothing at all, or nothing of the last ten minutes, and not longer than the sources
/// take.
class ScannerInfo : public std::enable_shared_from_this<ScannerInfo> {
 public:
  /// One part of the text; empty when it can't be told. Holds to a time limit of its own.
  using Source = std::function<asio::awaitable<std::string>()>;
  using Clock = std::chrono::steady_clock;

  static constexpr std::size_t kMaxText = 2000;  // octets

  ScannerInfo(const asio::any_io_executor& executor, std::vector<Source> sources)
      : executor_(executor), ready_(executor), sources_(std::move(sources)) {}

  /// On the executor's thread, by any number of coroutines at once. The parts, joined by ", ".
  asio::awaitable<std::string> get();

 private:
  static asio::awaitable<void> refresh(std::shared_ptr<ScannerInfo> self);

  asio::any_io_executor executor_;
  asio::steady_timer ready_;  // never expires; cancelled when there is a new text
  std::vector<Source> sources_;
  std::string text_;
  Clock::time_point asked_;
  bool known_ = false;
  bool asking_ = false;
};

/// What a program prints, on both its outputs: the `footer` command. Killed after `limit`.
ScannerInfo::Source output_of(std::vector<std::string> words, std::chrono::seconds limit, const Log& log);

/// What a clamd answers to VERSION; the target is one of its addresses. "clamd" when it does not.
ScannerInfo::Source version_of_clamd(std::string target);

/// "ClamAV VERSION/DATABASE/DATE" from the daily database in this directory; without it, "ClamAV VERSION".
ScannerInfo::Source version_of_database(std::string version, std::string directory);

/// Always the same.
ScannerInfo::Source constant(std::string text);

}  // namespace p3scan::notify
