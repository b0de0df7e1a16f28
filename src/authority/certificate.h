// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "authority/openssl.h"
#include "base/result.h"

// Certificates looked at.
namespace p3scan::authority {

std::string to_der(const X509* certificate);
Certificate from_der(std::string_view der);

std::string to_pem(const X509* certificate);
/// The first certificate in the text.
Result<Certificate, std::string> certificate_from_pem(std::string_view pem);

/// Without a passphrase. The error never shows anything of the text.
Result<Key, std::string> key_from_pem(std::string_view pem);
std::string key_to_pem(const EVP_PKEY* key);

std::string sha256(std::string_view octets);       // 32 octets
std::string fingerprint(const X509* certificate);  // SHA-256 of the DER, AB:CD:...
std::string common_name(const X509* certificate);  // UTF-8; empty if there is none
std::int64_t starts(const X509* certificate);      // seconds since 1970
std::int64_t ends(const X509* certificate);

/// The domains that a CA may certify names in; none: all.
std::vector<std::string> permitted_domains(const X509* ca);

/// Whether a name (without its "*.") is one of the domains or below one, in any case of letters.
bool is_within(std::string_view name, const std::vector<std::string>& domains);

/// The opposite of starts() and ends().
using Asn1Time = std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME_free>>;
Asn1Time to_time(std::int64_t seconds);

}  // namespace p3scan::authority
