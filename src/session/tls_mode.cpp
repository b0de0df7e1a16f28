// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/tls_mode.h"

#include <algorithm>

namespace p3scan::session {
namespace {

using config::TlsMode;
using Spoken = PortRole::Spoken;

bool among(const std::vector<std::uint16_t>& ports, std::uint16_t port) {
  return std::ranges::find(ports, port) != ports.end();
}

}  // namespace

/// What the administrator says goes before what a number usually means.
PortRole role_of(std::uint16_t port, const config::Config& config) {
  if (among(config.emailport, port)) return {Spoken::plain, Protocol::smtp};
  if (among(config.sslport, port)) return {Spoken::tls, Protocol::pop3s};
  if (among(config.imapport, port)) return {Spoken::plain, Protocol::imap};
  switch (port) {
    case 25:
    case 587: return {Spoken::plain, Protocol::smtp};
    case 110: return {Spoken::plain, Protocol::pop3};
    case 143: return {Spoken::plain, Protocol::imap};
    case 465: return {Spoken::tls, Protocol::smtps};
    case 993: return {Spoken::tls, Protocol::imaps};
    case 995: return {Spoken::tls, Protocol::pop3s};
    default: break;
  }
  const auto named = std::ranges::find(config.tls, port, &config::TlsPort::port);
  if (named != config.tls.end() && named->mode == TlsMode::legacy) return {.spoken = Spoken::tls};
  return {};
}

TlsMode tls_mode(std::uint16_t port, const config::Config& config, bool can_sign) {
  const auto named = std::ranges::find(config.tls, port, &config::TlsPort::port);
  if (named != config.tls.end()) return named->mode == TlsMode::intercept && !can_sign ? TlsMode::refuse : named->mode;
  if (can_sign) return TlsMode::intercept;
  return among(config.sslport, port) ? TlsMode::legacy : TlsMode::refuse;
}

bool may_upgrade(TlsMode mode) { return mode == TlsMode::intercept || mode == TlsMode::pass; }

}  // namespace p3scan::session
