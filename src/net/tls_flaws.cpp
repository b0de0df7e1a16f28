// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/tls_flaws.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/tls_certificate.h"

namespace p3scan::net {
namespace {

/// The context that OpenSSL verifies in knows who asked. An own index: the first belongs to OpenSSL.
int flaws_index() {
  static const int index = X509_STORE_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::string digest_of(X509* certificate) {
  int digest = NID_undef;
  int key = NID_undef;
  if (X509_get_signature_info(certificate, &digest, &key, nullptr, nullptr) != 1) return "unknown";
  return OBJ_nid2sn(digest);
}

std::string whose(int depth, const X509* certificate) {
  return depth == 0 ? std::string() : fmt::format(" of the issuer {}", subject_text(certificate));
}

/// A chain that ends in a certificate whose issuer nobody has.
std::string unknown_issuer(int depth, const X509* last) {
  if (depth == 0) {
    return fmt::format(
        "missing intermediate certificate: the server sent none of the issuer {}, no trusted root has "
        "that name",
        issuer_text(last));
  }
  return fmt::format("untrusted root {}", issuer_text(last));
}

std::string mismatch(int error, const X509* leaf) {
  return fmt::format("{}: it is for {}", X509_verify_cert_error_string(error), names_text(leaf));
}

std::string words_for(int error, int depth, X509* certificate) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("certificate has expired{} ({})", whose(depth, certificate), expiry_text(certificate));
    case X509_V_ERR_CERT_NOT_YET_VALID: return "certificate is not yet valid" + whose(depth, certificate);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "self-signed certificate";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return fmt::format("untrusted root {}", subject_text(certificate));
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return unknown_issuer(depth, certificate);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return mismatch(error, certificate);
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
      return fmt::format("key too short{} ({} bits)", whose(depth, certificate),
                         EVP_PKEY_get_bits(X509_get0_pubkey(certificate)));
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return fmt::format("signature too weak{} ({})", whose(depth, certificate), digest_of(certificate));
    case X509_V_ERR_CERT_REVOKED: return fmt::format("certificate revoked{} (CRL)", whose(depth, certificate));
    default: return fmt::format("{}{}", X509_verify_cert_error_string(error), whose(depth, certificate));
  }
}

/// No list, or none that is up to date, says nothing against a certificate; what an old list revokes stays revoked.
bool is_lack_of_crl(int error) {
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID: return true;
    default: return false;
  }
}

bool is_unknown_issuer(int error) {
  switch (error) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED: return true;
    default: return false;
  }
}

}  // namespace

/// What OpenSSL calls for each error and for each certificate that is in order.
struct VerificationErrors {
  static int on_result(int good, X509_STORE_CTX* context) {
    if (good == 1) return 1;
    auto& flaws = *static_cast<CertificateFlaws*>(X509_STORE_CTX_get_ex_data(context, flaws_index()));
    const int error = X509_STORE_CTX_get_error(context);
    if (!is_lack_of_crl(error)) take(flaws, error, context);
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;  // on to the next error
  }

  static void take(CertificateFlaws& flaws, int error, X509_STORE_CTX* context) {
    if (flaws.first_error_ == X509_V_OK) flaws.first_error_ = error;
    const bool issuer = is_unknown_issuer(error);
    if (issuer && flaws.issuer_unknown_) return;
    flaws.issuer_unknown_ |= issuer;
    auto* certificate = X509_STORE_CTX_get_current_cert(context);
    if (certificate == nullptr) certificate = X509_STORE_CTX_get0_cert(context);
    flaws.add(words_for(error, X509_STORE_CTX_get_error_depth(context), certificate));
  }
};

void CertificateFlaws::add(std::string_view words) {
  if (++count_ > kMaxFlaws) return;
  if (!text_.empty()) text_ += "; ";
  text_ += words;
}

void CertificateFlaws::set(std::string text) { text_ = std::move(text); }

bool CertificateFlaws::verify(x509_store_ctx_st* context) {
  X509_STORE_CTX_set_ex_data(context, flaws_index(), this);
  X509_STORE_CTX_set_verify_cb(context, VerificationErrors::on_result);
  const int result = X509_verify_cert(context);
  if (result != 1 && empty()) {
    first_error_ = X509_STORE_CTX_get_error(context);
    add("the certificate could not be verified");
  }
  ERR_clear_error();
  if (empty()) return true;
  X509_STORE_CTX_set_error(context, first_error_ != X509_V_OK ? first_error_ : X509_V_ERR_UNSPECIFIED);
  return false;
}

}  // namespace p3scan::net
