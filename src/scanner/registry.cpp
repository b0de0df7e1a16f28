// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>

#include "scanner/basic.h"
#include "scanner/clamd.h"
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

Result<std::vector<ClamdTarget>, std::string> clamd_targets(const ScannerSettings& settings) {
  std::vector<ClamdTarget> targets;
  for (const auto& text : settings.targets) {
    auto target = parse_clamd_target(text);
    if (!target) return fail(fmt::format("scanner = {}", target.error()));
    targets.push_back(std::move(*target));
  }
  if (targets.empty()) return fail(std::string("scanner: clamd needs an address"));
  return targets;
}

Made make_clamd(const ScannerSettings& settings, const Means& /*means*/) {
  auto targets = clamd_targets(settings);
  if (!targets) return fail(std::move(targets.error()));
  return std::make_unique<ClamdScanner>(std::move(*targets));
}

Result<void, std::string> check_clamd(const ScannerSettings& settings) {
  if (const auto targets = clamd_targets(settings); !targets) return fail(targets.error());
  return {};
}

constexpr std::size_t kProgramsPerCore = 2;  // at once, of one event loop

BasicSettings basic_settings(const ScannerSettings& settings) {
  return {.command = settings.targets.empty() ? std::string() : settings.targets.front(),
          .viruscode = settings.viruscode,
          .goodcode = settings.goodcode,
          .virusregexp = settings.virusregexp,
          .virusregexp_part = settings.virusregexp_part,
          .directory = settings.directory,
          .most = kProgramsPerCore * std::max(1U, std::thread::hardware_concurrency())};
}

Made make_basic(const ScannerSettings& settings, const Means& means) {
  return BasicScanner::make(means.executor, basic_settings(settings));
}

Result<void, std::string> check_basic(const ScannerSettings& settings) {
  return BasicScanner::check(basic_settings(settings));
}

Result<void, std::string> nothing_to_check(const ScannerSettings& /*settings*/) { return {}; }

constexpr std::array kRows = {
    Row{ScannerKind::libclamav, "libclamav", "Internal ClamAV", make_libclamav, nothing_to_check},
    Row{ScannerKind::clamd, "clamd", "ClamAV TCP Daemon", make_clamd, check_clamd},
    Row{ScannerKind::basic, "basic", "Basic file invocation scanner", make_basic, check_basic},
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
