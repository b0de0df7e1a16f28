// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/openssl.h"

// What "p3scan ca serve" and "export" give to people who are to install the CA certificate. Pure.
namespace p3scan::app::ca {

/// What is told about a CA certificate.
struct CaFacts {
  std::string name;         // UTF-8
  std::string fingerprint;  // SHA-256, AB:CD:...
  std::string valid_until;  // 2036-11-24
  std::vector<std::string> permitted;
  std::string der;
  std::string pem;
};
CaFacts facts_of(const X509* certificate);

/// "2036-11-24", of seconds since 1970.
std::string date(std::int64_t seconds);

/// One page without scripts and without anything from elsewhere.
std::string page(const CaFacts& facts);

/// A configuration profile of Apple's with the certificate, not signed.
std::string mobileconfig(const CaFacts& facts);

struct Document {
  std::string_view type;  // of HTTP's Content-Type
  std::string body;
};
/// For a path of a URL; nothing for all that are not known. A query is no part of it.
std::optional<Document> document(std::string_view path, const CaFacts& facts);

}  // namespace p3scan::app::ca
