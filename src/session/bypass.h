// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/endpoint.h"
#include "net/network.h"

namespace p3scan::session {

/// The connections whose TLS the administrator lets pass untouched (tlsbypass).
class BypassList {
 public:
  BypassList() = default;
  /// Entries: host name, *.suffix (every host below it), address or network of the server, client:NETWORK. The error
  /// names the entry that is none of these.
  static Result<BypassList, std::string> parse(const std::vector<std::string>& entries);

  /// The entry that fits, empty if none does. `server_name`: of SNI, may be empty.
  std::string_view find(const net::Address& client, const net::Address& server, std::string_view server_name) const;

 private:
  struct Entry {
    std::string text;  // as the administrator wrote it
    enum class Kind { host, suffix, server, client } kind;
    std::string host = {};  // host: whole; suffix: with the dot in front
    net::Network network = {};
  };
  std::vector<Entry> entries_;
};

}  // namespace p3scan::session
