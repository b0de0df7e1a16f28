// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "net/connect.h"
#include "proto/client_hello.h"

namespace p3scan::session {

/// What a client says before anybody answers it.
struct FirstWords {
  enum class Kind {
    silent,  // nothing at all, in the time given
    tls,     // a ClientHello
    other,   // something else, or a ClientHello that never ended
    gone,
  };
  Kind kind = Kind::silent;
  std::string octets;  // read off the socket; bounded
  proto::ClientHello hello;
};

/// `patience` is for the first octet, `limit` for the rest. Reads past the peer, which must be paused or not yet read.
asio::awaitable<FirstWords> hear_first_words(net::Socket& client, std::chrono::seconds patience,
                                             std::chrono::seconds limit);

}  // namespace p3scan::session
