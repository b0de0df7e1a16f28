// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/gateway_services.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "app/filter_services.h"
#include "app/notification_services.h"
#include "config/text.h"
#include "mime/language.h"

namespace p3scan::app {
namespace {

constexpr std::uint64_t kKib = 1024;

scan::OnFailure convert(config::OnFailure value) {
  return value == config::OnFailure::deliver ? scan::OnFailure::deliver : scan::OnFailure::tempfail;
}

scan::OnUnscannable convert(config::OnUnscannable value) {
  switch (value) {
    case config::OnUnscannable::deliver_marked: return scan::OnUnscannable::deliver_marked;
    case config::OnUnscannable::notify: return scan::OnUnscannable::notify;
    case config::OnUnscannable::tempfail: return scan::OnUnscannable::tempfail;
    case config::OnUnscannable::reject: return scan::OnUnscannable::reject;
  }
  return scan::OnUnscannable::tempfail;
}

void set_policies(session::Services& services) {
  const auto& config = services.config;
  services.incoming = {convert(config.onfailure.incoming), convert(config.onunscannable.incoming), config.smtprset};
  services.outgoing = {convert(config.onfailure.outgoing), convert(config.onunscannable.outgoing), config.smtprset};
}

SpoolLimits spool_limits(const config::Config& config) {
  return {.directory = config.virusdir,
          .memory = config.spoolmemory * kKib,
          .largest = config.maxmessage * kKib,
          .keep_free = config.bytesfree * kKib};
}

ScannerKind convert(config::ScannerType type) {
  switch (type) {
    case config::ScannerType::libclamav: return ScannerKind::libclamav;
    case config::ScannerType::clamd: return ScannerKind::clamd;
    case config::ScannerType::basic: return ScannerKind::basic;
    case config::ScannerType::bash: return ScannerKind::bash;
    case config::ScannerType::avpd: return ScannerKind::avpd;
    case config::ScannerType::avpd_new: return ScannerKind::avpd_new;
    case config::ScannerType::trophie: return ScannerKind::trophie;
    case config::ScannerType::sophie: return ScannerKind::sophie;
    case config::ScannerType::icap: return ScannerKind::icap;
    case config::ScannerType::fprot: return ScannerKind::fprot;
    case config::ScannerType::fsecure: return ScannerKind::fsecure;
  }
}

/// The script gets it before anybody knows what language the mail is in.
std::string altvnmsg_template(const session::Services& services) {
  if (!services.template_text.empty()) return services.template_text;
  return std::string(mime::language_template(mime::default_language(services.config.language)));
}

Result<void, std::string> make_scanners(session::Services& services, const ServicesPlan& plan) {
  for (auto& settings : scanner_settings(services.config)) {
    if (services.config.altvnmsg) settings.altvnmsg_template = altvnmsg_template(services);
    auto scanner = make_scanner(settings, {plan.executor, plan.workers, plan.blocking});
    if (!scanner) return fail(scanner.error());
    services.scanners.push_back(std::move(*scanner));
  }
  return {};
}

ListSettings list_settings(const config::Config& config) {
  return {.whitelist = config.whitelist, .blacklist = config.blacklist, .userlist = config.userlist};
}

}  // namespace

std::vector<ScannerSettings> scanner_settings(const config::Config& config) {
  std::vector<ScannerSettings> all;
  all.reserve(config.scanners.size());
  for (const auto& scanner : config.scanners) {
    all.push_back(
        {.kind = convert(scanner.type),
         .targets = scanner.targets,
         .viruscode = config.viruscode,
         .goodcode = config.goodcode,
         .virusregexp = config.virusregexp,
         .virusregexp_part = config.virusregexp_part,
         .directory = config.virusdir + "/children",
         .altvnmsg_template = {},
         .demime = config.demime,
         .keep_free = config.bytesfree * kKib,
         .event_loops = config.threads != 0 ? config.threads : std::max(1U, std::thread::hardware_concurrency())});
  }
  return all;
}

std::vector<std::string> unusable_scanners(const config::Config& config) {
  std::vector<std::string> errors;
  for (const auto& settings : scanner_settings(config)) {
    if (const auto usable = check_scanner(settings); !usable) errors.push_back(usable.error());
  }
  return errors;
}

std::string read_whole(int fd) {
  std::string text;
  std::array<char, 4096> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
  ssize_t n = 0;
  while ((n = ::pread(fd, piece.data(), piece.size(), static_cast<off_t>(text.size()))) > 0) {
    text.append(piece.data(), static_cast<std::size_t>(n));
  }
  return text;
}

Result<TlsMeans, std::string> make_tls(const config::Config& config) {
  using net::TlsContext;
  TlsMeans means;
  auto client = TlsContext::make(TlsContext::Role::client, {.roots = config.tlsroots, .crls = config.tlscrl});
  if (!client) return fail("tlsroots, tlscrl: " + client.error());
  means.client = std::move(*client);
  auto server = TlsContext::make(TlsContext::Role::server);
  if (!server) return fail("TLS: " + server.error());
  means.server = std::move(*server);
  return means;
}

Result<std::shared_ptr<const session::Services>, std::string> build_services(const ServicesPlan& plan) {
  auto services = std::make_shared<session::Services>(plan.config, plan.log);
  set_policies(*services);
  auto names = host_names();
  services->hostname = std::move(names.host);
  services->domainname = std::move(names.domain);
  services->spool = spool_limits(plan.config);
  services->own_connections = &plan.own_connections;
  services->changed_messages = &plan.changed_messages;
  services->blocking = &plan.blocking;
  auto text = template_text(plan.config);
  if (!text) return fail(text.error());
  services->template_text = std::move(*text);
  services->extra_template = extra_template(plan.config, plan.log);
  services->administrators = &plan.administrators;
  services->leaves = &plan.leaves;
  auto info = make_scanner_info(plan.config, plan.executor, plan.log);
  if (!info) return fail(info.error());
  services->scanner_info = std::move(*info);
  auto allow = net::AllowList::parse(plan.config.useurlallow);
  if (!allow) return fail(allow.error());
  services->useurl_allow = std::move(*allow);
  auto bypass = session::BypassList::parse(plan.config.tlsbypass);
  if (!bypass) return fail(bypass.error());
  services->bypass = std::move(*bypass);
  services->tls_client = plan.tls.client;
  services->tls_server = plan.tls.server;
  services->tls_memory = plan.tls.memory;
  if (auto made = make_scanners(*services, plan); !made) return fail(made.error());
  if (auto made = make_filters(*services); !made) return fail(made.error());
  services->lists = std::make_unique<Lists>(list_settings(plan.config), plan.blocking);
  return services;
}

}  // namespace p3scan::app
