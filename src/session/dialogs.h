// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>

#include "config/config.h"
#include "proto/dialog.h"

namespace p3scan::session {

/// What is spoken; with s: inside TLS from the first octet on, towards the server at least.
enum class Protocol { pop3, pop3s, smtp, smtps, imap, imaps };

// For log lines and %PROTOCOL%.
std::string_view name_of(Protocol protocol);        // "POP3", "POP3S", "SMTP", "SMTPS", "IMAP", "IMAPS"
std::string_view upgraded_name(Protocol protocol);  // "POP3+TLS", "SMTP+TLS", "IMAP+TLS"

Protocol over_tls(Protocol protocol);  // pop3s of pop3 ...
bool is_imap(Protocol protocol);
bool is_smtp(Protocol protocol);

/// `offer_tls`: the client may go over to TLS if the server offers it.
/// None when the protocol can't be scanned.
std::unique_ptr<proto::Dialog> make_dialog(Protocol protocol, const config::Config& config, const std::string& hostname,
                                           bool offer_tls = false);

/// What a client is told, whatever its protocol, when there will be no conversation: one whole reply line.
std::string refusal_line(Protocol protocol, std::string_view why);

}  // namespace p3scan::session
