// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <optional>

#include "net/connect.h"
#include "session/admission.h"
#include "session/services.h"

namespace p3scan::session {

/// One client connection from its arrival to its end: finds out where it was going, connects there, relays and scans.
/// Whatever happens in it stays in it. Without a place the client is told that it has too many connections.
asio::awaitable<void> serve(std::shared_ptr<const Services> services, net::Socket client,
                            std::optional<Admission::Place> place);

}  // namespace p3scan::session
