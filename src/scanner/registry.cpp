// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>

#include "scanner/avpd.h"
#include "scanner/clamd.h"
#include "scanner/icap.h"
#include "scanner/libclamav.h"
#include "scanner/local_socket.h"
#include "scanner/path_scanner.h"
#include "scanner/program_presets.h"
#include "scanner/trophie.h"

namespace p3scan {
namespace {

using Made = Result<std::unique_ptr<Scanner>, std::string>;

using Checked = Result<void, std::string>;

struct Row {
  ScannerKind kind;
  std::string_view name;
  std::string_view description;
  Made (*make)(const ScannerSettings& settings, const ScannerMeans& means);
  Checked (*check)(const ScannerSettings& settings);
};

Made make_libclamav(const ScannerSettings& /*settings*/, const ScannerMeans& means) {
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

Made make_clamd(const ScannerSettings& settings, const ScannerMeans& /*means*/) {
  auto targets = clamd_targets(settings);
  if (!targets) return fail(std::move(targets.error()));
  return std::make_unique<ClamdScanner>(std::move(*targets));
}

Checked check_clamd(const ScannerSettings& settings) {
  if (const auto targets = clamd_targets(settings); !targets) return fail(targets.error());
  return {};
}

constexpr std::size_t kProgramsPerCore = 2;  // at once, of one event loop
constexpr std::size_t kQuestions = 32;       // at once, to a daemon

/// A Scanner of an engine that is told paths.
Made with_paths(std::unique_ptr<PathEngine> engine, std::size_t most, const ScannerSettings& settings,
                const ScannerMeans& means) {
  return PathScanner::make(means.executor, std::move(engine),
                           {.directory = settings.directory,
                            .most = most,
                            .altvnmsg_template = settings.altvnmsg_template,
                            .demime = settings.demime,
                            .keep_free = settings.keep_free,
                            .blocking = &means.blocking});
}

std::string target_of(const ScannerSettings& settings, std::string_view otherwise = "") {
  return settings.targets.empty() ? std::string(otherwise) : settings.targets.front();
}

ProgramSettings program_settings(const ScannerSettings& settings) {
  if (settings.kind == ScannerKind::fprot) return fprot_settings(target_of(settings));
  if (settings.kind == ScannerKind::fsecure) return fsecure_settings(target_of(settings));
  const bool bash = settings.kind == ScannerKind::bash;
  return {.name = bash ? "bash" : "basic",
          .arguments = bash ? ProgramArguments::details : ProgramArguments::path,
          .command = target_of(settings),
          .viruscode = settings.viruscode,
          .goodcode = settings.goodcode,
          .unscannablecode = {},
          .virusregexp = settings.virusregexp,
          .virusregexp_part = settings.virusregexp_part};
}

Made make_program(const ScannerSettings& settings, const ScannerMeans& means) {
  auto engine = ProgramEngine::make(means.executor, program_settings(settings));
  if (!engine) return fail(std::move(engine.error()));
  const auto most = kProgramsPerCore * std::max(1U, std::thread::hardware_concurrency());
  return with_paths(std::move(*engine), most, settings, means);
}

Checked check_program(const ScannerSettings& settings) { return ProgramEngine::check(program_settings(settings)); }

/// A daemon is never edited a template for: only programs know of it.
Made make_daemon(std::unique_ptr<PathEngine> engine, ScannerSettings settings, const ScannerMeans& means) {
  settings.altvnmsg_template.clear();
  return with_paths(std::move(engine), kQuestions, settings, means);
}

std::vector<std::string> sockets_of(const ScannerSettings& settings) {
  if (!settings.targets.empty()) return settings.targets;
  if (settings.kind == ScannerKind::trophie) return trophie_sockets();
  if (settings.kind == ScannerKind::sophie) return sophie_sockets();
  return {std::string(AvpdEngine::kDirectory)};
}

Made make_socket(const ScannerSettings& settings, const ScannerMeans& means) {
  auto sockets = sockets_of(settings);
  switch (settings.kind) {
    case ScannerKind::avpd: return make_daemon(std::make_unique<AvpdEngine>(sockets.front()), settings, means);
    case ScannerKind::avpd_new: return make_daemon(std::make_unique<AvpdNewEngine>(sockets.front()), settings, means);
    default:
      return make_daemon(std::make_unique<TrophieEngine>(name_of(settings.kind), std::move(sockets)), settings, means);
  }
}

Checked check_socket(const ScannerSettings& settings) {
  const bool directory = settings.kind == ScannerKind::avpd || settings.kind == ScannerKind::avpd_new;
  for (const auto& path : sockets_of(settings)) {
    if (!is_socket_path(directory ? path + "/aveserver" : path))
      return fail(fmt::format("scanner = {}: a socket is given as a short path", path));
  }
  return {};
}

Result<std::vector<scan::IcapTarget>, std::string> icap_targets(const ScannerSettings& settings) {
  std::vector<scan::IcapTarget> targets;
  for (const auto& text : settings.targets) {
    auto target = scan::parse_icap_target(text);
    if (!target) return fail(fmt::format("scanner = {}", target.error()));
    targets.push_back(std::move(*target));
  }
  if (targets.empty()) return fail(std::string("scanner: icap needs a service, icap://host:port/service"));
  return targets;
}

Made make_icap(const ScannerSettings& settings, const ScannerMeans& means) {
  auto targets = icap_targets(settings);
  if (!targets) return fail(std::move(targets.error()));
  return std::make_unique<IcapScanner>(
      means.executor, IcapSettings{.targets = std::move(*targets), .event_loops = settings.event_loops});
}

Checked check_icap(const ScannerSettings& settings) {
  if (const auto targets = icap_targets(settings); !targets) return fail(targets.error());
  return {};
}

Checked nothing_to_check(const ScannerSettings& /*settings*/) { return {}; }

constexpr std::array kRows = {
    Row{ScannerKind::libclamav, "libclamav", "Internal ClamAV", make_libclamav, nothing_to_check},
    Row{ScannerKind::clamd, "clamd", "ClamAV TCP Daemon", make_clamd, check_clamd},
    Row{ScannerKind::basic, "basic", "Basic file invocation scanner", make_program, check_program},
    Row{ScannerKind::bash, "bash", "Bash file invocation scanner", make_program, check_program},
    Row{ScannerKind::avpd, "avpd", "Kaspersky AVPDaemon", make_socket, check_socket},
    Row{ScannerKind::avpd_new, "avpd_new", "Kaspersky Anti-Virus 5.x Daemon", make_socket, check_socket},
    Row{ScannerKind::trophie, "trophie", "Trophie antivirus daemon (for Trend Antivirus)", make_socket, check_socket},
    Row{ScannerKind::sophie, "sophie", "Sophie antivirus daemon (for Sophos)", make_socket, check_socket},
    Row{ScannerKind::icap, "icap", "ICAP service", make_icap, check_icap},
    Row{ScannerKind::fprot, "fprot", "F-PROT command line scanner", make_program, check_program},
    Row{ScannerKind::fsecure, "fsecure", "F-Secure command line scanner", make_program, check_program},
};

const Row& row_of(ScannerKind kind) { return *std::ranges::find(kRows, kind, &Row::kind); }

}  // namespace

std::string_view name_of(ScannerKind kind) { return row_of(kind).name; }
std::string_view description_of(ScannerKind kind) { return row_of(kind).description; }

Made make_scanner(const ScannerSettings& settings, const ScannerMeans& means) {
  return row_of(settings.kind).make(settings, means);
}

Result<void, std::string> check_scanner(const ScannerSettings& settings) {
  return row_of(settings.kind).check(settings);
}

}  // namespace p3scan
