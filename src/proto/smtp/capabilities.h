// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace p3scan::proto::smtp {

/// What a client is told that the server can do.
struct Capabilities {
  std::string text;       // the reply to EHLO for the client
  bool chunking = false;  // CHUNKING is in it
  bool tls = false;       // STARTTLS is
};

/// Takes out of a positive reply to EHLO whatever would blind the gateway. The first line stays as it is, and so do
/// the lines of what the gateway can carry. `largest`: octets of the largest message we keep, 0 = no limit; SIZE
/// promises no more than that (RFC 1870). `offer_tls`: STARTTLS is something that the gateway can carry.
Capabilities carried(std::string_view ehlo_reply, std::uint64_t largest, bool offer_tls = false);

}  // namespace p3scan::proto::smtp
