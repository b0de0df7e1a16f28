// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <optional>

#include "net/openssl.h"
#include "net/tls_flaws.h"

namespace p3scan::net {
namespace {

constexpr long kClockSkew = 300;    // seconds
constexpr long kStatusRequest = 5;  // RFC 7633 6: the TLS extension a certificate demands

using Response = std::unique_ptr<OCSP_RESPONSE, Freed<OCSP_RESPONSE_free>>;
using Basic = std::unique_ptr<OCSP_BASICRESP, Freed<OCSP_BASICRESP_free>>;
using CertificateId = std::unique_ptr<OCSP_CERTID, Freed<OCSP_CERTID_free>>;
using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;

enum class Verdict { none, good, revoked, unknown };

Basic parse(ssl_st* session) {
  const unsigned char* data = nullptr;
  // NOLINTNEXTLINE(bugprone-multi-level-implicit-pointer-conversion): of OpenSSL's macro
  const auto size = SSL_get_tlsext_status_ocsp_resp(session, &data);
  if (data == nullptr || size <= 0) return nullptr;
  const Response response(d2i_OCSP_RESPONSE(nullptr, &data, size));
  if (!response || OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) return nullptr;
  return Basic(OCSP_response_get1_basic(response.get()));
}

/// By the issuer, or by a responder that it made for this (RFC 6960 4.2.2.2).
bool is_signed_by(OCSP_BASICRESP* basic, X509* issuer) {
  const Store store(X509_STORE_new());
  if (!store || X509_STORE_add_cert(store.get(), issuer) != 1) return false;
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  auto* const known = sk_X509_new_null();
  const bool held = known != nullptr && sk_X509_push(known, issuer) > 0;
  const bool good = held && OCSP_basic_verify(basic, known, store.get(), 0) == 1;
  sk_X509_free(known);
  return good;
}

/// A revocation holds, however old the response is.
std::optional<Verdict> find(OCSP_BASICRESP* basic, const EVP_MD* digest, X509* leaf, X509* issuer) {
  const CertificateId id(OCSP_cert_to_id(digest, leaf, issuer));
  int status = V_OCSP_CERTSTATUS_UNKNOWN;
  ASN1_GENERALIZEDTIME* from = nullptr;
  ASN1_GENERALIZEDTIME* until = nullptr;
  if (!id || OCSP_resp_find_status(basic, id.get(), &status, nullptr, nullptr, &from, &until) != 1) return {};
  if (status == V_OCSP_CERTSTATUS_REVOKED) return Verdict::revoked;
  if (OCSP_check_validity(from, until, kClockSkew, -1) != 1) return Verdict::none;
  return status == V_OCSP_CERTSTATUS_GOOD ? Verdict::good : Verdict::unknown;
}

Verdict look(ssl_st* session, X509* leaf) {
  const auto* const chain = SSL_get0_verified_chain(session);
  if (sk_X509_num(chain) < 2) return Verdict::none;
  auto* const issuer = sk_X509_value(chain, 1);
  const auto basic = parse(session);
  if (!basic || !is_signed_by(basic.get(), issuer)) return Verdict::none;
  for (const auto* const digest : {EVP_sha1(), EVP_sha256()}) {
    if (const auto verdict = find(basic.get(), digest, leaf, issuer)) return *verdict;
  }
  return Verdict::none;
}

bool demands_staple(const X509* leaf) {
  using Features = std::unique_ptr<TLS_FEATURE, Freed<TLS_FEATURE_free>>;
  const Features features(static_cast<TLS_FEATURE*>(X509_get_ext_d2i(leaf, NID_tlsfeature, nullptr, nullptr)));
  for (int i = 0; i < sk_ASN1_INTEGER_num(features.get()); ++i) {
    if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)) == kStatusRequest) return true;
  }
  return false;
}

}  // namespace

void CertificateFlaws::check_staple(ssl_st* session) {
  auto* const leaf = SSL_get0_peer_certificate(session);
  if (leaf == nullptr) return;
  const auto verdict = look(session, leaf);
  if (verdict == Verdict::revoked) {
    add("certificate revoked (stapled OCSP response)");
  } else if (verdict == Verdict::unknown) {
    add("certificate unknown to its issuer (stapled OCSP response)");
  } else if (verdict == Verdict::none && demands_staple(leaf)) {
    add("the certificate demands a stapled OCSP response, and no good one came");
  }
  ERR_clear_error();
}

}  // namespace p3scan::net
