// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/tls_certificate.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <span>

#include "base/asio/asio.h"
#include "net/openssl.h"

namespace p3scan::net {
namespace {

constexpr std::size_t kShown = 64;  // octets of a foreign text in a log line
constexpr std::size_t kShownNames = 3;

/// UTF-8 of any ASN.1 string; empty if it is none or has control characters.
std::string utf8(const ASN1_STRING* string) {
  unsigned char* data = nullptr;
  const int size = ASN1_STRING_to_UTF8(&data, string);
  if (size < 0) {
    ERR_clear_error();
    return {};
  }
  auto text = to_text(data, static_cast<std::size_t>(size));
  OPENSSL_free(data);
  const bool control = std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  return control ? std::string() : text;
}

std::string printable(std::string text) {
  if (text.size() > kShown) text.resize(kShown);
  for (auto& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

bool is_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  if (name.empty() || name.size() > PeerCertificate::kMaxNameOctets || name.front() == '.') return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  const std::span octets(ASN1_STRING_get0_data(address), static_cast<std::size_t>(ASN1_STRING_length(address)));
  if (octets.size() == 4) {
    asio::ip::address_v4::bytes_type bytes{};
    std::ranges::copy(octets, bytes.begin());
    return asio::ip::make_address_v4(bytes).to_string();
  }
  if (octets.size() != 16) return {};
  asio::ip::address_v6::bytes_type bytes{};
  std::ranges::copy(octets, bytes.begin());
  return asio::ip::make_address_v6(bytes).to_string();
}

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) {
    ERR_clear_error();
    return {};
  }
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

std::string der_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return {};
  auto text = to_text(der, static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

std::vector<PeerCertificate::Field> fields_of(const X509_NAME* name) {
  std::vector<PeerCertificate::Field> fields;
  for (int i = 0; i < X509_NAME_entry_count(name) && fields.size() < PeerCertificate::kMaxFields; ++i) {
    const auto* const entry = X509_NAME_get_entry(name, i);
    const int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    auto value = utf8(X509_NAME_ENTRY_get_data(entry));
    if (nid == NID_undef || value.empty() || value.size() > PeerCertificate::kMaxValue) continue;
    fields.push_back({OBJ_nid2sn(nid), std::move(value)});
  }
  return fields;
}

struct AlternativeNames {
  std::vector<std::string> names;
  std::vector<std::string> addresses;
};

AlternativeNames alternative_names(const X509* certificate) {
  AlternativeNames found;
  const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  ERR_clear_error();
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const auto* const one = sk_GENERAL_NAME_value(all.get(), i);
    if (one->type == GEN_DNS && found.names.size() < PeerCertificate::kMaxNames) {
      auto name = utf8(one->d.dNSName);  // NOLINT(cppcoreguidelines-pro-type-union-access): of OpenSSL
      if (is_name(name)) found.names.push_back(std::move(name));
    } else if (one->type == GEN_IPADD && found.addresses.size() < PeerCertificate::kMaxNames) {
      auto address = address_text(one->d.iPAddress);  // NOLINT(cppcoreguidelines-pro-type-union-access): the same
      if (!address.empty()) found.addresses.push_back(std::move(address));
    }
  }
  return found;
}

std::string name_text(const X509_NAME* name) {
  const auto fields = fields_of(name);
  for (const auto* const wanted : {"CN", "O"}) {
    const auto found = std::ranges::find(fields, wanted, &PeerCertificate::Field::name);
    if (found != fields.end()) return printable(found->value);
  }
  return "without a name";
}

}  // namespace

PeerCertificate read_certificate(ssl_st* session) {
  PeerCertificate read;
  auto* const leaf = SSL_get0_peer_certificate(session);
  if (leaf == nullptr) return read;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (X509_digest(leaf, EVP_sha256(), digest.data(), &size) == 1) {
    read.fingerprint = to_text(digest.data(), size);
  }
  read.chain.push_back(der_of(leaf));
  const auto* const sent = SSL_get_peer_cert_chain(session);  // of a server: with its leaf
  for (int i = 1; i < sk_X509_num(sent) && read.chain.size() < PeerCertificate::kMaxChain; ++i) {
    read.chain.push_back(der_of(sk_X509_value(sent, i)));
  }
  read.subject = fields_of(X509_get_subject_name(leaf));
  auto found = alternative_names(leaf);
  read.names = std::move(found.names);
  read.addresses = std::move(found.addresses);
  if (const auto* const matched = SSL_get0_peername(session); matched != nullptr) {
    const auto at = std::ranges::find(read.names, std::string_view(matched));
    if (at != read.names.end()) std::rotate(read.names.begin(), at, at + 1);
  }
  read.not_before = time_of(X509_get0_notBefore(leaf));
  read.not_after = time_of(X509_get0_notAfter(leaf));
  return read;
}

std::string subject_text(const x509_st* certificate) { return name_text(X509_get_subject_name(certificate)); }
std::string issuer_text(const x509_st* certificate) { return name_text(X509_get_issuer_name(certificate)); }

std::string expiry_text(const x509_st* certificate) {
  const auto time = time_of(X509_get0_notAfter(certificate));
  return time == std::chrono::sys_seconds{} ? std::string() : fmt::format("{:%Y-%m-%d}", time);
}

std::string names_text(const x509_st* certificate) {
  auto [names, addresses] = alternative_names(certificate);
  names.insert(names.end(), addresses.begin(), addresses.end());
  if (names.empty()) return subject_text(certificate);
  const auto more = names.size() > kShownNames;
  if (more) names.resize(kShownNames);
  for (auto& name : names) name = printable(std::move(name));
  return fmt::format("{}{}", fmt::join(names, ", "), more ? ", ..." : "");
}

}  // namespace p3scan::net
