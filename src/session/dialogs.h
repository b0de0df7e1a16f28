// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>

#include "config/config.h"
#include "proto/dialog.h"

namespace p3scan::session {

enum class Protocol { pop3, pop3s, smtp };

std::string_view name_of(Protocol protocol);  // "POP3", "POP3S", "SMTP": for log lines and %PROTOCOL%

std::unique_ptr<proto::Dialog> make_dialog(Protocol protocol, const config::Config& config,
                                           const std::string& hostname);

/// What a client is told, whatever its protocol, when there will be no conversation: one whole reply line.
std::string refusal_line(Protocol protocol, std::string_view why);

}  // namespace p3scan::session
