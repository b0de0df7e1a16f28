// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/registry.h"

#include <algorithm>
#include <array>

#include "scanner/libclamav.h"

namespace p3scan {
namespace {

using Made = Result<std::unique_ptr<Scanner>, std::string>;

struct Means {
  const asio::any_io_executor& executor;
  WorkerPool& workers;
};

struct Row {
  ScannerKind kind;
  std::string_view name;
  std::string_view description;
  Made (*make)(const ScannerSettings& settings, const Means& means);
  Result<void, std::string> (*check)(const ScannerSettings& settings);
};

Made make_libclamav(const ScannerSettings& /*settings*/, const Means& means) {
  return std::make_unique<LibclamavScanner>(means.workers);
}

Result<void, std::string> nothing_to_check(const ScannerSettings& /*settings*/) { return {}; }

constexpr std::array kRows = {
    Row{ScannerKind::libclamav, "libclamav", "Internal ClamAV", make_libclamav, nothing_to_check},
};

const Row& row_of(ScannerKind kind) { return *std::ranges::find(kRows, kind, &Row::kind); }

}  // namespace

std::string_view name_of(ScannerKind kind) { return row_of(kind).name; }
std::string_view description_of(ScannerKind kind) { return row_of(kind).description; }

Made make_scanner(const ScannerSettings& settings, const asio::any_io_executor& executor, WorkerPool& workers) {
  return row_of(settings.kind).make(settings, {executor, workers});
}

Result<void, std::string> check_scanner(const ScannerSettings& settings) {
  return row_of(settings.kind).check(settings);
}

}  // namespace p3scan
