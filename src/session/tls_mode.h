// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <optional>

#include "config/config.h"
#include "session/dialogs.h"

namespace p3scan::session {

/// What a destination port says about what is spoken there.
struct PortRole {
  enum class Spoken {
    plain,        // in plain text, until both agree on something else
    tls,          // TLS from the first octet on
    by_greeting,  // the port says nothing: who speaks first will
  };
  Spoken spoken = Spoken::by_greeting;
  std::optional<Protocol> protocol = {};  // none: the server's greeting will say
  bool operator==(const PortRole&) const = default;
};

PortRole role_of(std::uint16_t port, const config::Config& config);

/// What becomes of TLS to this port. `can_sign`: there is a CA. Without one nothing is ever intercepted.
config::TlsMode tls_mode(std::uint16_t port, const config::Config& config, bool can_sign);

/// Whether a client that speaks plain text may go over to TLS.
bool may_upgrade(config::TlsMode mode);

}  // namespace p3scan::session
