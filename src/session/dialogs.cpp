// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/dialogs.h"

#include <fmt/format.h>

#include <algorithm>

#include "imap/dialog.h"
#include "proto/pop3/dialog.h"
#include "proto/smtp/smtp_dialog.h"

namespace p3scan::session {
namespace {

proto::smtp::BareLf bare_lf(config::Barelf mode) {
  switch (mode) {
    case config::Barelf::normalize: return proto::smtp::BareLf::normalize;
    case config::Barelf::reject: return proto::smtp::BareLf::reject;
    case config::Barelf::pass: return proto::smtp::BareLf::pass;
  }
  return proto::smtp::BareLf::normalize;
}

constexpr std::chrono::seconds kImapIdle = std::chrono::minutes(35);

std::unique_ptr<proto::Dialog> make_imap(const Services& services, const DialogPlace& place) {
  const auto& config = services.config;
  imap::Dialog::Options options;
  options.maxline = config.maxline;
  options.maxpipeline = config.maxpipeline;
  options.maxmessage = config.maxmessage * 1024;
  options.starttls = place.offer_tls;
  options.tls = place.tls;
  options.kept = {.count = config.imapkeep, .octets = config.imapkeepsize * 1024};
  options.server = place.server;
  options.changed = services.changed_messages;
  return std::make_unique<imap::Dialog>(std::move(options));
}

}  // namespace

std::string_view name_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::pop3: return "POP3";
    case Protocol::pop3s: return "POP3S";
    case Protocol::smtp: return "SMTP";
    case Protocol::smtps: return "SMTPS";
    case Protocol::imap: return "IMAP";
    case Protocol::imaps: return "IMAPS";
  }
  return "POP3";
}

std::string_view upgraded_name(Protocol protocol) {
  if (is_smtp(protocol)) return "SMTP+TLS";
  return is_imap(protocol) ? "IMAP+TLS" : "POP3+TLS";
}

Protocol over_tls(Protocol protocol) {
  if (is_smtp(protocol)) return Protocol::smtps;
  return is_imap(protocol) ? Protocol::imaps : Protocol::pop3s;
}

bool is_imap(Protocol protocol) { return protocol == Protocol::imap || protocol == Protocol::imaps; }
bool is_smtp(Protocol protocol) { return protocol == Protocol::smtp || protocol == Protocol::smtps; }

std::unique_ptr<proto::Dialog> make_dialog(Protocol protocol, const Services& services, const DialogPlace& place) {
  const auto& config = services.config;
  if (is_imap(protocol)) return make_imap(services, place);
  if (is_smtp(protocol)) {
    return std::make_unique<proto::smtp::SmtpDialog>(proto::smtp::Options{.maxline = config.maxline,
                                                                          .maxpipeline = config.maxpipeline,
                                                                          .barelf = bare_lf(config.barelf),
                                                                          .checksize = config.checksize,
                                                                          .maxmessage = config.maxmessage * 1024,
                                                                          .hostname = services.hostname,
                                                                          .offer_tls = place.offer_tls});
  }
  return std::make_unique<proto::pop3::Dialog>(proto::pop3::Dialog::Options{.maxline = config.maxline,
                                                                            .maxpipeline = config.maxpipeline,
                                                                            .useurl = config.useurl,
                                                                            .offer_tls = place.offer_tls});
}

std::chrono::seconds idle_limit(Protocol protocol, const config::Config& config) {
  return is_imap(protocol) ? std::max(config.idletimeout, kImapIdle) : config.idletimeout;
}

std::string refusal_line(Protocol protocol, std::string_view why) {
  if (is_imap(protocol)) return fmt::format("* BYE {}\r\n", why);
  return fmt::format(fmt::runtime(is_smtp(protocol) ? "421 4.3.2 {}\r\n" : "-ERR [SYS/TEMP] {}\r\n"), why);
}

}  // namespace p3scan::session
