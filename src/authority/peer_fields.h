// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "authority/leaf_fields.h"
#include "net/tls_certificate.h"

namespace p3scan::authority {

/// What a leaf takes over from a server's certificate, without a key. What breaks the rules of leaf_fields.h is left
/// away.
LeafFields fields_of(const net::PeerCertificate& real, bool trusted);

}  // namespace p3scan::authority
