// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "scanner/scanner.h"
#include "scanner/worker_pool.h"

namespace p3scan {

enum class ScannerKind { libclamav, clamd, basic };

/// What the configuration says about one engine.
struct ScannerSettings {
  ScannerKind kind = ScannerKind::libclamav;
  std::vector<std::string> targets;   // clamd: its addresses, a pool; basic: one command line
  std::vector<int> viruscode;
  std::vector<int> goodcode;
  std::string virusregexp;
  int virusregexp_part = 1;
  std::string directory;              // basic: where messages get a name for the program
};

/// "libclamav", "clamd", "basic", and what the log says about them.
std::string_view name_of(ScannerKind kind);
std::string_view description_of(ScannerKind kind);

/// The engine for one event loop. The error says which setting is wrong.
Result<std::unique_ptr<Scanner>, std::string> make_scanner(const ScannerSettings& settings,
                                                           const asio::any_io_executor& executor, WorkerPool& workers);

/// What is wrong with the settings, as far as it can be told without scanning; for a check of the configuration.
Result<void, std::string> check_scanner(const ScannerSettings& settings);

}  // namespace p3scan
