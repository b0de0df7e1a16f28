// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "scanner/scanner.h"
#include "scanner/worker_pool.h"

namespace p3scan {

enum class ScannerKind : std::uint8_t {
  libclamav,
  clamd,
  basic,
  bash,
  avpd,
  avpd_new,
  trophie,
  sophie,
  icap,
  fprot,
  fsecure
};

/// What the configuration says about one engine.
struct ScannerSettings {
  ScannerKind kind = ScannerKind::libclamav;
  /// clamd: its addresses, a pool; icap: the same, "icap://host:port/service"; basic, bash: one command line; fprot,
  /// fsecure: one, or none for the usual; avpd, avpd_new: the directory of the socket, trophie, sophie: the socket, or none
  /// for the usual; libclamav: none.
  std::vector<std::string> targets;
  std::vector<int> viruscode;  // basic, bash; as the next three
  std::vector<int> goodcode;
  std::string virusregexp;
  int virusregexp_part = 1;
  std::string directory;          // where messages get names for engines that want paths
  std::string altvnmsg_template;  // basic, bash and presets: offered for editing; empty: none
  bool demime = false;            // engines that want paths get the parts, too
  std::uint64_t keep_free = 0;    // octets that unpacking leaves free on the disk
  std::size_t event_loops = 1;    // that have an engine of these settings each
};

/// What engines work with. All of it outlives them.
struct ScannerMeans {
  const asio::any_io_executor& executor;  // of the event loop
  WorkerPool& workers;
  asio::thread_pool& blocking;
};

/// The scannertype, and what the log says about it.
std::string_view name_of(ScannerKind kind);
std::string_view description_of(ScannerKind kind);

/// The engine for one event loop. The error says which setting is wrong.
Result<std::unique_ptr<Scanner>, std::string> make_scanner(const ScannerSettings& settings, const ScannerMeans& means);

/// What is wrong with the settings, as far as it can be told without scanning; for a check of the configuration.
Result<void, std::string> check_scanner(const ScannerSettings& settings);

}  // namespace p3scan
