// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace p3scan::proto {

/// Takes passwords out of what one session says, for the eyes of whoever reads a debug log. Knows the commands of POP3
/// (RFC 1939, RFC 5034), SMTP (RFC 4954) and IMAP (RFC 9051) at once, as their words do not clash.
class SecretMask {
 public:
  /// One line from client to server, without its line end. A password, a digest, and what answers a server that asks
  /// for the next step of an authentication are replaced by "<hidden>".
  std::string to_server(std::string_view line);
  /// One line from server to client.
  void to_client(std::string_view line);

 private:
  std::string login_goes_on(std::string_view line);

  bool asked_ = false;                    // by the server: the next line to it is part of an authentication
  std::optional<std::uint64_t> literal_;  // a LOGIN of IMAP goes on behind so many octets: all of that is hidden
};

}  // namespace p3scan::proto
