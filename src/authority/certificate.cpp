// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/certificate.h"

#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <climits>
#include <ctime>

#include "base/ascii.h"

namespace p3scan::authority {
namespace {

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

Memory reader_of(std::string_view text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(std::min<std::size_t>(text.size(), INT_MAX))));
}

std::string octets_of(const ASN1_STRING* string) {
  return to_text(ASN1_STRING_get0_data(string), static_cast<std::size_t>(std::max(0, ASN1_STRING_length(string))));
}

std::string utf8_of(const ASN1_STRING* string) {
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, string);
  if (size < 0) return {};
  auto value = to_text(text, static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return value;
}

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? ::timegm(&parts) : 0;
}

/// Nobody is asked for a passphrase.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

std::string to_der(const X509* certificate) {
  unsigned char* octets = nullptr;
  const int size = i2d_X509(certificate, &octets);
  if (size <= 0) return {};
  auto der = to_text(octets, static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return der;
}

Certificate from_der(std::string_view der) {
  const auto* octets = to_octets(der);
  const auto* const end = octets + der.size();
  Certificate certificate(d2i_X509(nullptr, &octets, static_cast<long>(der.size())));
  if (!certificate || octets != end) return nullptr;
  return certificate;
}

std::string to_pem(const X509* certificate) {
  const Memory memory(BIO_new(BIO_s_mem()));
  return memory && PEM_write_bio_X509(memory.get(), certificate) == 1 ? text_of(memory.get()) : std::string();
}

Result<Certificate, std::string> certificate_from_pem(std::string_view pem) {
  Certificate certificate(PEM_read_bio_X509(reader_of(pem).get(), nullptr, no_passphrase, nullptr));
  if (!certificate) return fail("no certificate in PEM: " + take_error());
  return certificate;
}

Result<Key, std::string> key_from_pem(std::string_view pem) {
  Key key(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, no_passphrase, nullptr));
  if (!key) return fail("no private key in PEM without passphrase: " + take_error());
  return key;
}

std::string key_to_pem(const EVP_PKEY* key) {
  const Memory memory(BIO_new(BIO_s_secmem()));
  const bool written =
      memory && PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  return written ? text_of(memory.get()) : std::string();
}

std::string sha256(std::string_view octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(octets.data(), octets.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return {digest.begin(), digest.begin() + size};
}

std::string fingerprint(const X509* certificate) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const char c : sha256(to_der(certificate))) {
    const auto octet = static_cast<unsigned char>(c);
    if (!text.empty()) text += ':';
    text += digits[octet >> 4U];
    text += digits[octet & 15U];
  }
  return text;
}

std::string common_name(const X509* certificate) {
  const auto* const subject = X509_get_subject_name(certificate);
  const int place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  return place < 0 ? std::string() : utf8_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)));
}

std::int64_t starts(const X509* certificate) { return seconds_of(X509_get0_notBefore(certificate)); }
std::int64_t ends(const X509* certificate) { return seconds_of(X509_get0_notAfter(certificate)); }

std::vector<std::string> permitted_domains(const X509* ca) {
  const Constraints constraints(
      static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(ca, NID_name_constraints, nullptr, nullptr)));
  std::vector<std::string> domains;
  if (!constraints) return domains;
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees); ++i) {
    int type = -1;
    const auto* const base = sk_GENERAL_SUBTREE_value(constraints->permittedSubtrees, i)->base;
    const auto* const value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(base, &type));
    if (type == GEN_DNS) domains.push_back(octets_of(value));
  }
  return domains;
}

bool is_within(std::string_view name, const std::vector<std::string>& domains) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  return std::ranges::any_of(domains, [name](const std::string& domain) {
    if (name.size() < domain.size() || !ascii::equal_nocase(name.substr(name.size() - domain.size()), domain))
      return false;
    return name.size() == domain.size() || domain.empty() || name[name.size() - domain.size() - 1] == '.';
  });
}

Asn1Time to_time(std::int64_t seconds) { return Asn1Time(ASN1_TIME_set(nullptr, seconds)); }

}  // namespace p3scan::authority
