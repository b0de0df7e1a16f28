// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/daemon.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "app/daemonize.h"
#include "app/directories.h"
#include "app/gateway_services.h"
#include "app/master.h"
#include "app/pidfile.h"
#include "app/privileges.h"
#include "base/log.h"
#include "config/text.h"
#include "net/listener.h"

namespace p3scan::app {
namespace {

/// The configuration file may be root's alone; SIGHUP reads it again.
std::vector<unsigned> master_capabilities(const config::Config& config) {
  std::vector<unsigned> capabilities{CAP_DAC_READ_SEARCH};
  if (config.tproxy) capabilities.push_back(CAP_NET_RAW);
  return capabilities;
}

/// IP_TRANSPARENT on the connections to servers.
std::vector<unsigned> gateway_capabilities(const config::Config& config) {
  return config.tproxy ? std::vector<unsigned>{CAP_NET_RAW} : std::vector<unsigned>{};
}

bool under_service_manager() { return std::getenv("NOTIFY_SOCKET") != nullptr; }  // NOLINT(concurrency-mt-unsafe)

std::uint32_t event_loops(const config::Config& config) {
  return config.threads != 0 ? config.threads : std::max(1U, std::thread::hardware_concurrency());
}

Log::Options log_options(const config::Config& config) {
  return {.foreground = config.debug,
          .debug = config.debug,
          .quiet = config.quiet,
          .debug_imap = config.debug_imap,
          .debug_scanning = config.debug_scanning,
          .debug_smtp = config.debug_smtp,
          .passwords = config.password};
}

void announce(const Log& log, const config::Config& config) {
  log.notice("P3Scan Version {}", P3SCAN_VERSION);
  for (const auto& scanner : scanner_settings(config))
    log.notice("Selected scannertype: {} ({})", name_of(scanner.kind), description_of(scanner.kind));
  for (const auto& note : config::notes(config)) log.warning("{}", note);
}

Result<std::vector<net::Listener>, std::string> listen(const config::Config& config, const Log& log) {
  auto listeners = net::open_listeners(
      {.addresses = config.ip, .port = config.port, .loops = event_loops(config), .transparent = config.tproxy});
  if (!listeners) return listeners;
  for (const auto& listener : *listeners)
    if (listener.loop == 0) log.notice("Listen now on {}", listener.address);
  return listeners;
}

Result<Account, std::string> choose_account(const config::Config& config, const Log& log) {
  if (!is_root()) {
    auto account = current_account();
    if (account.name != config.user)
      log.warning("Not started as root: running as {} instead of {}", account.name, config.user);
    return account;
  }
  auto account = find_account(config.user);
  if (!account) return fail(fmt::format("Unknown User '{}'", config.user));
  return *account;
}

Result<Reread, config::Errors> reread(const config::Invocation& invocation, const std::vector<std::string>& argv) {
  auto text = config::read_configfile(invocation);
  if (!text) return fail(text.error());
  auto config = configure(argv, invocation, *text);
  if (!config) return fail(config.error());
  if (auto errors = unusable_scanners(*config); !errors.empty()) return fail(std::move(errors));
  return Reread{std::move(*config), std::move(*text)};
}

/// Everything up to the point where the daemon serves. The steps in their order; the first failure ends it.
class Start {
 public:
  Start(Started& started, const Log& log) : config_(started.config), log_(log) {}

  Result<void, std::string> run() {
    auto account = choose_account(config_, log_);
    if (!account) return fail(account.error());
    if (auto made = create_directories(config_, *account); !made) return made;
    if (auto held = open_ca(); !held) return held;
    auto opened = listen(config_, log_);
    if (!opened) return fail(opened.error());
    listeners = std::move(*opened);
    auto locked = PidFile::acquire(config_.pidfile);
    if (!locked) return fail(locked.error());
    pid_file = std::move(*locked);
    if (is_root())
      if (auto given = pid_file->give_to(account->uid, account->gid); !given) return given;
    if (is_root()) log_.notice("Changing uid (we are root)");
    if (auto given_up = give_up_root(config_, *account); !given_up) return given_up;
    seal_process();
    log_.notice("Running as user: {}", account->name);
    return last_steps();
  }

  std::vector<net::Listener> listeners;
  std::optional<PidFile> pid_file;
  CaStart ca;
  Background background;

 private:
  /// Here, where it is root's to open; what is in there only the signer reads.
  Result<void, std::string> open_ca() {
    ca.owner = ::geteuid();
    auto files = authority::open_files(config_.cadir, ca.owner);
    if (files) {
      ca.files = std::move(*files);
      return {};
    }
    if (files.error().kind == authority::Missing::wrong) return fail(files.error().text);
    if (files.error().kind == authority::Missing::unreadable) log_.warning("{}: there is no CA", files.error().text);
    return {};
  }

  Result<void, std::string> last_steps() {
    log_.debug("up to {} descriptors", raise_descriptor_limit());
    if (const auto error = check_spool(config_); !error.empty()) return fail(error);
    if (const auto errors = check_files(config_); !errors.empty())
      return fail(fmt::format("{}", fmt::join(errors, "; ")));
    settle_down();
    if (auto prepared = prepare_spool(config_); !prepared) return prepared;
    // Here, where it can be said: the gateway would die of it again and again.
    if (const auto errors = unusable_scanners(config_); !errors.empty())
      return fail(fmt::format("{}", fmt::join(errors, "; ")));
    if (!config_.debug && !under_service_manager())
      if (auto detached = background.detach(); !detached) return detached;
    return pid_file->write();
  }

  const config::Config& config_;
  const Log& log_;
};

}  // namespace

Result<void, std::string> give_up_root(const config::Config& config, const Account& account) {
  const auto capabilities = master_capabilities(config);
  return is_root() ? become(account, capabilities) : keep_only(capabilities);
}

Result<config::Config, config::Errors> configure(const std::vector<std::string>& argv,
                                                 const config::Invocation& invocation, const std::string& text) {
  std::vector<const char*> arguments;
  arguments.reserve(argv.size());
  for (const auto& argument : argv) arguments.push_back(argument.c_str());
  return config::load(arguments, text, invocation.configfile);
}

int run_daemon(Started started) {
  // What a shell left open would otherwise stay open as long as the daemon runs.
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  const auto& config = started.config;
  open_syslog({.option = static_cast<int>(config.logopt), .facility = static_cast<int>(config.logfac)});
  const Log log(log_options(config));
  announce(log, started.config);
  block_signals();
  Start start(started, log);
  if (const auto up = start.run(); !up) {
    log.error("{}", up.error());
    if (!started.config.debug) fmt::print(stderr, "p3scan: {}\n", up.error());
    return EXIT_FAILURE;
  }
  start.background.ready();
  run_master({.config = started.config,
              .listeners = std::move(start.listeners),
              .log = log,
              .argv = started.argv,
              .config_name = started.invocation.configfile,
              .gateway_capabilities = gateway_capabilities(started.config),
              .reread = [&] { return reread(started.invocation, started.argv); },
              .roles = {},
              .ca = std::move(start.ca)});
  if (!start.pid_file->remove()) log.error("Unable to remove {}", start.pid_file->path());
  log.notice("P3Scan terminates now");
  return EXIT_SUCCESS;
}

}  // namespace p3scan::app
