// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

// The types of OpenSSL by their tags, so that its headers stay out of ours.
struct evp_pkey_st;
struct ssl_st;
struct x509_st;

namespace p3scan::net {

/// A private key. Copies share it; safe to use from any thread.
class TlsKey {
 public:
  static Result<TlsKey, std::string> generate();  // ECDSA P-256
  /// Takes the reference over.
  static TlsKey adopt(evp_pkey_st* key);

  std::string public_key() const;  // SubjectPublicKeyInfo in DER (RFC 5280 4.1.2.7)
  evp_pkey_st* native() const { return key_.get(); }

 private:
  explicit TlsKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

  std::shared_ptr<evp_pkey_st> key_;
};

/// What the server's side of a session shows: a certificate, what a client needs besides to get from it to its root, and
/// the key. Never changes; safe to use from any thread.
class TlsIdentity {
 public:
  /// Certificates in DER, the leaf first. The error is for the log; the leaf must be for the key.
  static Result<std::shared_ptr<const TlsIdentity>, std::string> make(std::span<const std::string> certificates,
                                                                      TlsKey key);

  const std::string& fingerprint() const { return fingerprint_; }  // SHA-256 of the leaf, 32 octets
  /// Makes a session show it, and take up no session again that another identity began.
  bool show_on(ssl_st* session) const;

 private:
  explicit TlsIdentity(TlsKey key) : key_(std::move(key)) {}

  std::vector<std::shared_ptr<x509_st>> certificates_;
  TlsKey key_;
  std::string fingerprint_;
};

}  // namespace p3scan::net
