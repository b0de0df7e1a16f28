// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/tls_identity.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>

#include "net/openssl.h"

namespace p3scan::net {
namespace {

std::shared_ptr<X509> parse(const std::string& der) {
  const auto* at = to_octets(der);
  const auto* const end = at + der.size();
  const std::shared_ptr<X509> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
  ERR_clear_error();
  return at == end ? certificate : nullptr;
}

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  return to_text(digest.data(), size);
}

}  // namespace

Result<TlsKey, std::string> TlsKey::generate() {
  auto* const key = EVP_EC_gen("P-256");
  if (key == nullptr) {
    ERR_clear_error();
    return fail(std::string("no key could be made"));
  }
  return adopt(key);
}

TlsKey TlsKey::adopt(evp_pkey_st* key) { return TlsKey({key, EVP_PKEY_free}); }

std::string TlsKey::public_key() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(native(), &der);
  if (size <= 0) return {};
  auto text = to_text(der, static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

Result<std::shared_ptr<const TlsIdentity>, std::string> TlsIdentity::make(std::span<const std::string> certificates,
                                                                          TlsKey key) {
  std::shared_ptr<TlsIdentity> identity(new TlsIdentity(std::move(key)));
  for (const auto& der : certificates) {
    auto certificate = parse(der);
    if (!certificate) return fail(std::string("a certificate can't be read"));
    identity->certificates_.push_back(std::move(certificate));
  }
  if (identity->certificates_.empty()) return fail(std::string("no certificate"));
  const auto* const leaf = identity->certificates_.front().get();
  const bool fits = X509_check_private_key(leaf, identity->key_.native()) == 1;
  ERR_clear_error();
  if (!fits) return fail(std::string("the certificate is for another key"));
  identity->fingerprint_ = fingerprint_of(leaf);
  if (identity->fingerprint_.empty()) return fail(std::string("no SHA-256"));
  return identity;
}

bool TlsIdentity::show_on(ssl_st* session) const {
  if (SSL_use_certificate(session, certificates_.front().get()) != 1) return false;
  if (SSL_use_PrivateKey(session, key_.native()) != 1) return false;
  for (const auto& issuer : std::span(certificates_).subspan(1)) {
    if (SSL_add1_chain_cert(session, issuer.get()) != 1) return false;
  }
  // Part of every ticket; OpenSSL takes a ticket of another context for none.
  return SSL_set_session_id_context(session, to_octets(fingerprint_), static_cast<unsigned>(fingerprint_.size())) == 1;
}

}  // namespace p3scan::net
