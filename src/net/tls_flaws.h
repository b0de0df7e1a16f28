// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

// The types of OpenSSL by their tags, so that its headers stay out of ours.
struct ssl_st;
struct x509_store_ctx_st;

namespace p3scan::net {

/// What is wrong with a peer's certificate, in words for a log line. Bounded.
class CertificateFlaws {
 public:
  static constexpr std::size_t kMaxFlaws = 4;  // told; one is enough to be bad

  void add(std::string_view words);
  void set(std::string text);  // as told by another session with the same certificate
  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; }  // "expired (2026-01-01); wrong host: ..."

  /// Verifies as `context` is set up and takes every error down instead of the first alone. Names in the certificate,
  /// which the peer chose, are shown as printable ASCII. False when there is any flaw; then the context has the error
  /// that the alert is made from.
  bool verify(x509_store_ctx_st* context);

  /// Looks at the OCSP response that came with the handshake (RFC 6066 8), if one did, after verify(). One that the
  /// issuer did not sign, that is old or can't be read counts as none; none is a flaw of a certificate that demands one
  /// (RFC 7633).
  void check_staple(ssl_st* session);

 private:
  friend struct VerificationErrors;
  std::string text_;
  std::size_t count_ = 0;
  int first_error_ = 0;
  bool issuer_unknown_ = false;  // told already; a second error of OpenSSL says the same
};

}  // namespace p3scan::net
