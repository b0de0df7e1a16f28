// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <gtest/gtest.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/asio/asio.h"
#include "net/tls.h"

namespace p3scan::net::tls_test {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

inline Key ec_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }
inline Key rsa_key(unsigned bits) { return {EVP_RSA_gen(bits), EVP_PKEY_free}; }

/// A certificate and its key, as an issuer or a leaf.
struct Party {
  Key key;
  Certificate certificate;
};

/// How a certificate is to be.
struct Wish {
  std::string name = "mail.example.org";
  std::string alternative = "DNS:mail.example.org";
  long from = -3600;   // seconds from now
  long until = 86400;  // the same
  bool authority = false;
  const EVP_MD* digest = EVP_sha256();
  Key key = nullptr;  // a new one on P-256
  long serial = 1;
  std::string feature = {};  // "status_request"
  std::string usage = {};    // extended key usage
};

inline void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// Signed by `issuer`, or by itself.
inline Party make_party(const Wish& wish, const Party* issuer = nullptr) {
  Party party{wish.key ? wish.key : ec_key(), {X509_new(), X509_free}};
  auto* const x = party.certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), wish.serial);
  X509_gmtime_adj(X509_getm_notBefore(x), wish.from);
  X509_gmtime_adj(X509_getm_notAfter(x), wish.until);
  X509_set_pubkey(x, party.key.get());
  auto* const name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("Example"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1,
                             -1, 0);
  auto* const signer = issuer != nullptr ? issuer->certificate.get() : x;
  X509_set_issuer_name(x, X509_get_subject_name(signer));
  extend(x, signer, NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (wish.authority) extend(x, signer, NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature");
  if (!wish.authority) extend(x, signer, NID_subject_alt_name, wish.alternative);
  extend(x, signer, NID_tlsfeature, wish.feature);
  extend(x, signer, NID_ext_key_usage, wish.usage);
  EXPECT_GT(X509_sign(x, (issuer != nullptr ? issuer->key : party.key).get(), wish.digest), 0);
  return party;
}

inline Party make_root(const std::string& name, Key key = nullptr) {
  return make_party({.name = name, .authority = true, .key = std::move(key)});
}

inline std::string der(const Certificate& certificate) {
  unsigned char* data = nullptr;
  const int size = i2d_X509(certificate.get(), &data);
  std::string text(reinterpret_cast<char*>(data), static_cast<std::size_t>(size));
  OPENSSL_free(data);
  return text;
}

inline TlsKey tls_key(const Key& key) {
  EVP_PKEY_up_ref(key.get());
  return TlsKey::adopt(key.get());
}

inline std::shared_ptr<const TlsIdentity> identity(const Party& leaf, const std::vector<Party>& issuers = {}) {
  std::vector<std::string> chain{der(leaf.certificate)};
  for (const auto& issuer : issuers) chain.push_back(der(issuer.certificate));
  auto made = TlsIdentity::make(chain, tls_key(leaf.key));
  EXPECT_TRUE(made) << made.error();
  return made ? *made : nullptr;
}

/// A file that goes with the test.
class TemporaryFile {
 public:
  TemporaryFile() { ::close(::mkstemp(path_.data())); }
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

  void add(const Certificate& certificate) {
    auto* const file = std::fopen(path_.c_str(), "a");
    PEM_write_X509(file, certificate.get());
    std::fclose(file);
  }
  void add(X509_CRL* crl) {
    auto* const file = std::fopen(path_.c_str(), "a");
    PEM_write_X509_CRL(file, crl);
    std::fclose(file);
  }

 private:
  std::string path_ = "/tmp/tls_test.XXXXXX";
};

/// Two ends of a connection over loopback.
struct Wire {
  explicit Wire(asio::io_context& io) : client(io), server(io) {
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    client.connect(acceptor.local_endpoint());
    acceptor.accept(server);
    tune(client);
    tune(server);
  }
  Socket client;
  Socket server;
};

}  // namespace p3scan::net::tls_test
