// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/notification_services.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "app/gateway_services.h"
#include "base/ascii.h"
#include "config/text.h"
#include "notify/address.h"
#include "scan/command_line.h"
#include "worker/version.h"

namespace p3scan::app {
namespace {

constexpr auto kFooterLimit = std::chrono::seconds(5);

std::vector<std::string> addresses(std::string_view option, const std::vector<std::string>& setting, const Log& log) {
  const auto found = notify::split_addresses(setting);
  for (const auto& bad : found.bad) log.error("{}: mail can't be sent to '{}'", option, bad);
  return found.good;
}

Result<std::vector<std::string>, std::string> words_of(std::string_view option, const std::string& command) {
  if (command.empty()) return {};
  const auto line = scan::split_command_line(command);
  if (!line) return fail(fmt::format("{}: {}", option, line.error()));
  return line->words;
}

notify::ScannerInfo::Source source_of(const config::ScannerConfig& scanner, const config::Config& config) {
  switch (scanner.type) {
    case config::ScannerType::libclamav: return notify::version_of_database(worker::engine_version(), config.clamdb);
    case config::ScannerType::clamd:
      return notify::version_of_clamd(scanner.targets.empty() ? "127.0.0.1:3310" : scanner.targets.front());
    default: return notify::constant(std::string(config::name_of(scanner.type)));
  }
}

}  // namespace

HostNames host_names() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {.host = "localhost", .domain = "localdomain"};
  const std::string_view full(name.data());
  const auto dot = full.find('.');
  return {.host = std::string(full.substr(0, dot)),
          .domain = std::string(dot == std::string_view::npos ? "localdomain" : full.substr(dot + 1))};
}

Result<notify::Settings, std::string> notify_settings(const config::Config& config, const Log& log) {
  notify::Settings settings;
  const auto names = host_names();
  settings.hostname = names.host;
  settings.domainname = names.domain;
  settings.extra = addresses("extra", config.extra, log);
  settings.emergency = addresses("emergcon", config.emergcon, log);
  settings.rate = config.notifyrate;
  const auto full = names.host + "." + names.domain;
  const bool usable = notify::is_safe_address("postmaster@" + full);
  const auto domain = usable ? full : "localhost";
  settings.from = notify::is_safe_address(config.notifyfrom) ? config.notifyfrom : "postmaster@" + domain;
  if (!config.notifysmtp.empty()) {
    auto server = notify::parse_server(config.notifysmtp);
    if (!server) return fail("notifysmtp: " + server.error());
    settings.server = std::move(*server);
  }
  settings.server.greeting = domain;
  auto words = words_of("xmail", config.xmail);
  if (!words) return fail(words.error());
  settings.program.words = std::move(*words);
  return settings;
}

Result<std::shared_ptr<notify::ScannerInfo>, std::string> make_scanner_info(const config::Config& config,
                                                                            const asio::any_io_executor& executor,
                                                                            const Log& log) {
  std::vector<notify::ScannerInfo::Source> sources;
  auto footer = words_of("footer", config.footer);
  if (!footer) return fail(footer.error());
  if (!footer->empty()) sources.push_back(notify::output_of(std::move(*footer), kFooterLimit, log));
  if (sources.empty()) {
    for (const auto& scanner : config.scanners) sources.push_back(source_of(scanner, config));
  }
  return std::make_shared<notify::ScannerInfo>(executor, std::move(sources));
}

Result<std::string, std::string> template_text(const config::Config& config) {
  if (config.language_given && !config.template_given) return {};
  const UniqueFd file(::open(config.templatefile.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) return read_whole(file.get());
  if (!config.template_given && errno == ENOENT) return {};
  return fail(fmt::format("Can't open mail notification template {}: {}", config.templatefile,
                          std::generic_category().message(errno)));
}

std::string extra_template(const config::Config& config, const Log& log) {
  const UniqueFd file(::open(config.extratemplate.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) {
    if (errno != ENOENT) log.error("Can't open {}: {}", config.extratemplate, std::generic_category().message(errno));
    return {};
  }
  auto text = read_whole(file.get());
  if (!ascii::trim(text).empty()) return text;
  log.error("p3scan.extra should not be blank");
  return {};
}

}  // namespace p3scan::app
