// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "proto/dialog.h"
#include "session/services.h"

namespace p3scan::session {

/// What is spoken; with s: inside TLS from the first octet on, towards the server at least.
enum class Protocol { pop3, pop3s, smtp, smtps, imap, imaps };

// For log lines and %PROTOCOL%.
std::string_view name_of(Protocol protocol);        // "POP3", "POP3S", "SMTP", "SMTPS", "IMAP", "IMAPS"
std::string_view upgraded_name(Protocol protocol);  // "POP3+TLS", "SMTP+TLS", "IMAP+TLS"

Protocol over_tls(Protocol protocol);  // pop3s of pop3 ...
bool is_imap(Protocol protocol);
bool is_smtp(Protocol protocol);

/// What a dialog must know of its connection.
struct DialogPlace {
  std::string server;      // address and port
  bool tls = false;        // the client is inside TLS
  bool offer_tls = false;  // it may go over to TLS if the server offers it
};
std::unique_ptr<proto::Dialog> make_dialog(Protocol protocol, const Services& services, const DialogPlace& place);

/// How long a session may be without traffic. IMAP clients wait for mail by IDLE, and renew it after 29 minutes (RFC 2177).
std::chrono::seconds idle_limit(Protocol protocol, const config::Config& config);

/// What a client is told, whatever its protocol, when there will be no conversation: one whole reply line.
std::string refusal_line(Protocol protocol, std::string_view why);

}  // namespace p3scan::session
