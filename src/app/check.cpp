// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "app/check_programs.h"
#include "app/daemon.h"
#include "app/directories.h"
#include "app/gateway_services.h"
#include "app/master.h"
#include "app/privileges.h"
#include "authority/certificate.h"
#include "authority/files.h"
#include "config/text.h"
#include "scanner/registry.h"
#include "worker/loader.h"

namespace p3scan::app {
namespace {

class Report {
 public:
  template <class... Args>
  void fact(fmt::format_string<Args...> format, Args&&... args) {
    fmt::print("{}\n", fmt::format(format, std::forward<Args>(args)...));
  }
  void mistake(const std::string& text) {
    ++mistakes_;
    fmt::print(stderr, "ERR: {}\n", text);
  }
  int mistakes() const { return mistakes_; }

 private:
  int mistakes_ = 0;
};

void check_user(Report& report, const config::Config& config) {
  const auto account = find_account(config.user);
  if (!account) return report.mistake(fmt::format("Unknown User '{}'", config.user));
  report.fact("Runs as user {} (uid {}, gid {})", account->name, account->uid, account->gid);
  if (!is_root()) return report.fact("Checked as user {}, not as {}", current_account().name, config.user);
  if (auto gone = give_up_root(config, *account); !gone) report.mistake(gone.error());
}

void tell_interception(Report& report, const config::Config& config) {
  const auto addresses =
      config.ip.empty() ? "all addresses, IPv4 and IPv6" : fmt::format("{}", fmt::join(config.ip, ", "));
  report.fact("Listens on {}, port {}", addresses, config.port);
  if (config.useurl) report.fact("Takes the server from the login name");
  if (!config.targetip.empty()) return report.fact("Connects to {}, port {}", config.targetip, config.targetport);
  if (!config.useurl)
    report.fact("Takes the server from the {}",
                config.tproxy ? "connection's own address (TPROXY)" : "redirected connection");
}

/// While it is root: the keys are read as the signer will.
void check_ca(Report& report, const config::Config& config) {
  const auto files = authority::open_files(config.cadir, ::geteuid());
  if (!files && files.error().kind == authority::Missing::wrong) return report.mistake(files.error().text);
  if (!files) return report.fact("No CA: {}", files.error().text);
  const auto issuers = authority::load(*files);
  if (!issuers) return report.mistake(fmt::format("{}: {}", config.cadir, issuers.error()));
  const auto* const certificate = issuers->trusted.certificate.get();
  report.fact("CA: {}, {}", authority::common_name(certificate), authority::fingerprint(certificate));
}

void tell_scanner(Report& report, const config::Config& config, const ScannerSettings& scanner) {
  report.fact("Scans with {} ({}){}{}", name_of(scanner.kind), description_of(scanner.kind),
              scanner.targets.empty() ? "" : ": ", fmt::join(scanner.targets, ", "));
  if (const auto usable = check_scanner(scanner); !usable) report.mistake(usable.error());
  if (scanner.kind != ScannerKind::libclamav) return;
  if (const auto loaded = worker::check(loader_options(config)))
    report.fact("  {}", *loaded);
  else
    report.mistake(loaded.error());
}

void check_directories(Report& report, const config::Config& config, bool root) {
  if (root && made_by_start(config.virusdir))
    report.fact("Will make {} the daemon's own", config.virusdir);
  else if (const auto error = check_spool(config); !error.empty())
    report.mistake(error);
  for (const auto& error : check_files(config)) report.mistake(error);
}

}  // namespace

int run_check(const Started& started) {
  const auto& config = started.config;
  const bool root = is_root();
  Report report;
  report.fact("Configuration: {}", started.invocation.configfile);
  tell_interception(report, config);
  check_ca(report, config);
  check_user(report, config);
  check_directories(report, config, root);
  report.fact("Quarantine and spool: {}{}", config.virusdir, config.justdelete ? " (infected mail is deleted)" : "");
  report.fact("Notification: {}",
              config.template_given ? config.templatefile : config.templatefile + " or a built-in text");
  report.fact("Pid file: {}", config.pidfile);
  for (const auto& scanner : scanner_settings(config)) tell_scanner(report, config, scanner);
  const auto programs = check_programs(config);
  for (const auto& mistake : programs.mistakes) report.mistake(mistake);
  for (const auto& note : programs.notes) report.fact("Note: {}", note);
  for (const auto& note : config::notes(config)) report.fact("Note: {}", note);
  report.fact("Settings:\n{}", config::settings_text(config));
  report.fact("{}", report.mistakes() == 0 ? "All in order." : "Not in order, see the errors.");
  return report.mistakes() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace p3scan::app
