// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <string>
#include <vector>

#include "authority/certificate.h"
#include "authority/mint.h"

namespace p3scan::authority::test {

constexpr std::int64_t kNow = 1795000000;  // 2026-11-18
constexpr std::int64_t kDay = 86400;

inline Issuer ca(std::vector<std::string> permitted = {}) {
  auto made = make_ca({.name = "Test CA", .permitted = std::move(permitted), .now = kNow});
  if (!made) throw std::runtime_error(made.error());
  return std::move(*made);
}

inline Issuer& plain_ca() {
  static Issuer issuer = ca();
  return issuer;
}

inline const std::string& point() {
  static const std::string kPoint = public_point(new_key()->get());
  return kPoint;
}

inline LeafFields fields() {
  return {.trusted = true,
          .public_key = point(),
          .not_before = kNow - 10 * kDay,
          .not_after = kNow + 80 * kDay,
          .subject = {{Attribute::country, "DE"},
                      {Attribute::organization, "M\u00fcller & S\u00f6hne, <a href=x>"},
                      {Attribute::common_name, "imap.example.com"}},
          .names = {"imap.example.com", "*.mail.example.com"},
          .addresses = {std::string("\xc0\x00\x02\x01", 4)}};
}

/// X509_V_OK or why OpenSSL, as a client with this root, does not take it.
inline int verify(X509* leaf, X509* root, const std::string& name, std::int64_t now = kNow) {
  const std::unique_ptr<X509_STORE, Freed<X509_STORE_free>> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), root);
  const std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf, nullptr);
  auto* const parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, now);
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT);
  if (!name.empty()) X509_VERIFY_PARAM_set1_host(parameters, name.data(), name.size());
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

inline Certificate minted(const Issuer& issuer, const LeafFields& wanted, std::int64_t now = kNow) {
  const auto der = mint(issuer, wanted, now);
  if (!der) throw std::runtime_error(der.error());
  return from_der(*der);
}

/// "DNS:a, IP Address:1.2.3.4" as openssl prints an extension; empty without it.
inline std::string extension(const X509* certificate, int nid) {
  const int place = X509_get_ext_by_NID(certificate, nid, -1);
  if (place < 0) return {};
  const Memory memory(BIO_new(BIO_s_mem()));
  X509V3_EXT_print(memory.get(), X509_get_ext(certificate, place), 0, 0);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

inline std::string subject(const X509* certificate) {
  const Memory memory(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(memory.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace p3scan::authority::test
