// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/dialogs.h"

#include <fmt/format.h>

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

}  // namespace

std::string_view name_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::pop3: return "POP3";
    case Protocol::pop3s: return "POP3S";
    case Protocol::smtp: return "SMTP";
  }
  return "POP3";
}

std::unique_ptr<proto::Dialog> make_dialog(Protocol protocol, const config::Config& config,
                                           const std::string& hostname) {
  if (protocol == Protocol::smtp) {
    return std::make_unique<proto::smtp::SmtpDialog>(proto::smtp::Options{.maxline = config.maxline,
                                                                          .maxpipeline = config.maxpipeline,
                                                                          .barelf = bare_lf(config.barelf),
                                                                          .checksize = config.checksize,
                                                                          .maxmessage = config.maxmessage * 1024,
                                                                          .hostname = hostname});
  }
  return std::make_unique<proto::pop3::Dialog>(proto::pop3::Dialog::Options{
      .maxline = config.maxline, .maxpipeline = config.maxpipeline, .useurl = config.useurl});
}

std::string refusal_line(Protocol protocol, std::string_view why) {
  return fmt::format(fmt::runtime(protocol == Protocol::smtp ? "421 4.3.2 {}\r\n" : "-ERR [SYS/TEMP] {}\r\n"), why);
}

}  // namespace p3scan::session
