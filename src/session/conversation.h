// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "net/endpoint.h"

namespace p3scan::session {

/// Who talks to whom: what log lines and templates say about a session.
struct Conversation {
  std::string_view protocol;  // "POP3", "SMTP"
  net::Endpoint client;
  net::Endpoint server;
  std::string user;  // login name, empty while unknown
  std::uint64_t mails = 0;
  std::uint64_t octets = 0;  // of delivered messages
};

}  // namespace p3scan::session
