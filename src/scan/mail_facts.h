// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>

namespace p3scan::scan {

/// What the gateway knows about a message besides its octets: what programs are told about it. Everything that came from
/// the network is as hostile as the message itself.
struct MailFacts {
  std::string protocol;  // "POP3", "POP3S", "SMTP", "IMAP"
  bool incoming = true;  // fetched by the client; else sent by it
  std::string user;      // login name, or what the mailbox's server says the recipient was; may be empty
  std::string client_ip;
  std::uint16_t client_port = 0;
  std::string server_ip;
  std::uint16_t server_port = 0;
  std::string scanner_info;  // %VDINFO%; may have several lines
};

}  // namespace p3scan::scan
