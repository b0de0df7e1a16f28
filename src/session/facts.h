// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

#include "scan/mail_facts.h"
#include "session/mail.h"

namespace p3scan::session {

/// A header value as written, on one line; empty if there is no such field.
std::string header_value(const Mail& mail, std::string_view name);

/// A login name, or what the mailbox's server says the envelope recipient was, for logins that hide the name.
std::string user_of(const Mail& mail);

/// What scanners and filters are told about a message besides its octets.
scan::MailFacts facts_of(const Mail& mail, std::string_view scanner_info);

}  // namespace p3scan::session
