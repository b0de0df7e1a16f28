// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "authority/leaf_fields.h"
#include "authority/openssl.h"
#include "base/result.h"

// Certificates made: values in, certificates out. No files, no clock.
namespace p3scan::authority {

/// A CA: certificate and key belong together.
struct Issuer {
  Certificate certificate;
  Key key;
};

struct CaPlan {
  std::string name;                    // common name; 64 characters
  std::vector<std::string> permitted;  // domains; with any, it can certify names in them only, and no addresses
  std::int64_t now = 0;                // seconds since 1970
};

/// A new CA with a key of P-256, for ten years: only for TLS servers, no CA below it. Two of one name still differ in
/// their subject, by the time.
Result<Issuer, std::string> make_ca(const CaPlan& plan);

/// A certificate with the fields for a TLS server, in DER: no CA, a random serial number, validity within the CA's.
/// Where the CA is constrained, names outside are left away, and with no name left it is refused. One that clients
/// trust is cut to the 825 days that those of Apple take from a CA of their user's.
/// The error is for the log.
Result<std::string, std::string> mint(const Issuer& issuer, const LeafFields& fields, std::int64_t now);

Result<Key, std::string> new_key();

/// As LeafFields has it. Nothing for a key of another kind.
std::string public_point(const EVP_PKEY* key);

}  // namespace p3scan::authority
