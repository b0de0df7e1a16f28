// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/mint.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "authority/certificate.h"

namespace p3scan::authority {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kCaLife = 3652 * kDay;
/// Clocks of clients are slow.
constexpr std::int64_t kEarlier = kDay;
/// Apple, "Requirements for trusted certificates in iOS 13 and macOS 10.15".
constexpr std::int64_t kLongestTrusted = (825 * kDay) - kHour;
constexpr int kSerialOctets = 16;
constexpr int kPointOctets = 65;

struct NumberFree {
  void operator()(BIGNUM* number) const { BN_free(number); }
};

/// What OpenSSL refuses here is memory or our mistake; both end the one certificate, by mint() and make_ca().
void must(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(fmt::format("{}: {}", what, take_error()));
}

int nid_of(Attribute attribute) {
  switch (attribute) {
    case Attribute::country: return NID_countryName;
    case Attribute::state: return NID_stateOrProvinceName;
    case Attribute::locality: return NID_localityName;
    case Attribute::organization: return NID_organizationName;
    case Attribute::unit: return NID_organizationalUnitName;
    case Attribute::common_name: return NID_commonName;
  }
  return NID_undef;
}

void add_subject(X509_NAME* subject, Attribute attribute, std::string_view value) {
  must(X509_NAME_add_entry_by_NID(subject, nid_of(attribute), MBSTRING_UTF8, to_octets(value),
                                  static_cast<int>(value.size()), -1, 0) == 1,
       "subject");
}

void add_extension(X509* certificate, int nid, void* value, bool critical) {
  must(X509_add1_ext_i2d(certificate, nid, value, critical ? 1 : 0, X509V3_ADD_DEFAULT) == 1, OBJ_nid2sn(nid));
}

/// Positive, and 127 bits of chance: RFC 5280, 4.1.2.2.
void set_serial(X509* certificate) {
  std::array<unsigned char, kSerialOctets> random{};
  must(RAND_bytes(random.data(), kSerialOctets) == 1, "random numbers");
  random[0] = static_cast<unsigned char>((random[0] & 0x3fU) | 0x40U);
  const std::unique_ptr<BIGNUM, NumberFree> number(BN_bin2bn(random.data(), kSerialOctets, nullptr));
  must(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr, "serial number");
}

void set_validity(X509* certificate, std::int64_t from, std::int64_t to) {
  const auto first = to_time(from);
  const auto last = to_time(to);
  must(first && last && X509_set1_notBefore(certificate, first.get()) == 1 &&
           X509_set1_notAfter(certificate, last.get()) == 1,
       "validity");
}

void add_basic_constraints(X509* certificate, bool ca) {
  const std::unique_ptr<BASIC_CONSTRAINTS, Freed<BASIC_CONSTRAINTS_free>> constraints(BASIC_CONSTRAINTS_new());
  must(constraints != nullptr, "basicConstraints");
  constraints->ca = ca ? 0xff : 0;
  if (ca) {
    constraints->pathlen = ASN1_INTEGER_new();
    must(constraints->pathlen != nullptr && ASN1_INTEGER_set(constraints->pathlen, 0) == 1, "basicConstraints");
  }
  add_extension(certificate, NID_basic_constraints, constraints.get(), true);
}

/// Bit numbers of RFC 5280, 4.2.1.3.
void add_key_usage(X509* certificate, std::initializer_list<int> bits) {
  const std::unique_ptr<ASN1_BIT_STRING, Freed<ASN1_BIT_STRING_free>> usage(ASN1_BIT_STRING_new());
  must(usage != nullptr, "keyUsage");
  for (const int bit : bits) must(ASN1_BIT_STRING_set_bit(usage.get(), bit, 1) == 1, "keyUsage");
  add_extension(certificate, NID_key_usage, usage.get(), true);
}

void add_server_usage(X509* certificate) {
  const std::unique_ptr<EXTENDED_KEY_USAGE, Freed<EXTENDED_KEY_USAGE_free>> usage(EXTENDED_KEY_USAGE_new());
  must(usage && sk_ASN1_OBJECT_push(usage.get(), OBJ_nid2obj(NID_server_auth)) > 0, "extKeyUsage");
  add_extension(certificate, NID_ext_key_usage, usage.get(), false);
}

/// RFC 7093, 2, method 1.
std::string key_identifier(const X509* certificate) {
  const auto* const bits = X509_get0_pubkey_bitstr(certificate);
  must(bits != nullptr, "public key");
  return sha256(to_text(bits->data, static_cast<std::size_t>(bits->length))).substr(0, 20);
}

using Octets = std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>>;

Octets octet_string(std::string_view text) {
  Octets string(ASN1_OCTET_STRING_new());
  must(string && ASN1_OCTET_STRING_set(string.get(), to_octets(text), static_cast<int>(text.size())) == 1, "octets");
  return string;
}

void add_subject_key(X509* certificate) {
  add_extension(certificate, NID_subject_key_identifier, octet_string(key_identifier(certificate)).get(), false);
}

void add_authority_key(X509* certificate, X509* issuer) {
  const auto* const known = X509_get0_subject_key_id(issuer);
  if (known == nullptr) return;
  const std::unique_ptr<AUTHORITY_KEYID, Freed<AUTHORITY_KEYID_free>> id(AUTHORITY_KEYID_new());
  must(id != nullptr, "authorityKeyIdentifier");
  id->keyid = ASN1_OCTET_STRING_dup(known);
  must(id->keyid != nullptr, "authorityKeyIdentifier");
  add_extension(certificate, NID_authority_key_identifier, id.get(), false);
}

using Name = std::unique_ptr<GENERAL_NAME, Freed<GENERAL_NAME_free>>;

Name general_name(int type, std::string_view text) {
  Name name(GENERAL_NAME_new());
  auto* const value = ASN1_STRING_type_new(type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
  if (name && value != nullptr) GENERAL_NAME_set0_value(name.get(), type, value);
  must(name && value != nullptr && ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) == 1, "name");
  return name;
}

void add_names(X509* certificate, const LeafFields& fields) {
  if (fields.names.empty() && fields.addresses.empty()) return;
  const Names names(GENERAL_NAMES_new());
  must(names != nullptr, "names");
  const auto push = [&](Name name) { must(sk_GENERAL_NAME_push(names.get(), name.release()) > 0, "names"); };
  for (const auto& name : fields.names) push(general_name(GEN_DNS, name));
  for (const auto& address : fields.addresses) push(general_name(GEN_IPADD, address));
  // RFC 5280, 4.2.1.6: nobody else says who it is when there is no subject.
  add_extension(certificate, NID_subject_alt_name, names.get(), fields.subject.empty());
}

void push_subtree(STACK_OF(GENERAL_SUBTREE) * &into, int type, std::string_view text) {
  std::unique_ptr<GENERAL_SUBTREE, Freed<GENERAL_SUBTREE_free>> subtree(GENERAL_SUBTREE_new());
  must(subtree != nullptr, "nameConstraints");
  GENERAL_NAME_free(subtree->base);
  subtree->base = general_name(type, text).release();
  if (into == nullptr) into = sk_GENERAL_SUBTREE_new_null();
  must(into != nullptr && sk_GENERAL_SUBTREE_push(into, subtree.release()) > 0, "nameConstraints");
}

/// Addresses are no names, so all of them are excluded: of either family, with an empty mask (RFC 5280, 4.2.1.10).
void add_name_constraints(X509* certificate, const std::vector<std::string>& domains) {
  if (domains.empty()) return;
  const Constraints constraints(NAME_CONSTRAINTS_new());
  must(constraints != nullptr, "nameConstraints");
  for (const auto& domain : domains) push_subtree(constraints->permittedSubtrees, GEN_DNS, domain);
  for (const std::size_t size : {8, 32})
    push_subtree(constraints->excludedSubtrees, GEN_IPADD, std::string(size, '\0'));
  add_extension(certificate, NID_name_constraints, constraints.get(), true);
}

Key key_of_point(const std::string& point) {
  const std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  std::string group = "P-256";
  std::string octets_of_point = point;
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets_of_point.data(), octets_of_point.size()),
      OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  must(context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
           EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1,
       "public key");
  Key made(key);
  const std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>> check(EVP_PKEY_CTX_new(key, nullptr));
  must(check && EVP_PKEY_public_check(check.get()) == 1, "public key");
  return made;
}

Certificate start_certificate(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  must(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
           X509_set_pubkey(certificate.get(), key) == 1,
       "certificate");
  set_serial(certificate.get());
  return certificate;
}

void sign(X509* certificate, EVP_PKEY* key) { must(X509_sign(certificate, key, EVP_sha256()) > 0, "signature"); }

/// What a CA that is bound to domains can say of it.
Result<LeafFields, std::string> constrained(const X509* ca, LeafFields fields) {
  const auto domains = permitted_domains(ca);
  if (domains.empty()) return fields;
  std::erase_if(fields.names, [&](const auto& name) { return !is_within(name, domains); });
  fields.addresses.clear();
  std::erase_if(fields.subject, [&](const auto& field) {
    return field.attribute == Attribute::common_name && !(is_dns_name(field.value) && is_within(field.value, domains));
  });
  if (fields.names.empty()) return fail(fmt::format("the CA may only certify names in {}", fmt::join(domains, ", ")));
  return fields;
}

void set_leaf_validity(X509* certificate, const LeafFields& fields, const X509* ca, std::int64_t now) {
  auto from = fields.not_before;
  auto to = std::min(fields.not_after, ends(ca));
  if (fields.trusted && to - from > kLongestTrusted) {
    from = std::max(from, now - kEarlier);
    to = std::min(to, from + kLongestTrusted);
  }
  // An expired one ended before there was a CA; it stays expired.
  from = std::min(std::max(from, starts(ca)), to);
  set_validity(certificate, from, to);
}

Certificate build_leaf(const Issuer& issuer, const LeafFields& fields, std::int64_t now) {
  const auto key = key_of_point(fields.public_key);
  auto leaf = start_certificate(key.get());
  auto* const certificate = leaf.get();
  must(X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate.get())) == 1, "issuer");
  set_leaf_validity(certificate, fields, issuer.certificate.get(), now);
  for (const auto& field : fields.subject)
    add_subject(X509_get_subject_name(certificate), field.attribute, field.value);
  add_basic_constraints(certificate, false);
  add_key_usage(certificate, {0});  // digitalSignature
  add_server_usage(certificate);
  add_names(certificate, fields);
  add_subject_key(certificate);
  add_authority_key(certificate, issuer.certificate.get());
  return leaf;
}

/// Once more, by somebody else's code, before it counts.
bool satisfies_constraints(X509* leaf, const X509* ca) {
  const Constraints constraints(
      static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(ca, NID_name_constraints, nullptr, nullptr)));
  return !constraints || NAME_CONSTRAINTS_check(leaf, constraints.get()) == X509_V_OK;
}

Issuer build_ca(const CaPlan& plan, Key key) {
  auto made = start_certificate(key.get());
  auto* const certificate = made.get();
  set_validity(certificate, plan.now - kEarlier, plan.now + kCaLife);
  auto* const subject = X509_get_subject_name(certificate);
  add_subject(subject, Attribute::organization, "P3Scan");
  add_subject(subject, Attribute::unit, fmt::format("Made {:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(plan.now)));
  add_subject(subject, Attribute::common_name, plan.name);
  must(X509_set_issuer_name(certificate, subject) == 1, "issuer");
  add_basic_constraints(certificate, true);
  add_key_usage(certificate, {5, 6});  // keyCertSign, cRLSign
  add_server_usage(certificate);
  add_name_constraints(certificate, plan.permitted);
  add_subject_key(certificate);
  sign(certificate, key.get());
  return {std::move(made), std::move(key)};
}

}  // namespace

Result<Key, std::string> new_key() {
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (!key) return fail("a new key: " + take_error());
  return key;
}

std::string public_point(const EVP_PKEY* key) {
  std::array<unsigned char, kPointOctets> point{};
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) != 1 ||
      size != point.size()) {
    ERR_clear_error();
    return {};
  }
  return {point.begin(), point.end()};
}

Result<Issuer, std::string> make_ca(const CaPlan& plan) {
  if (!is_subject_value(Attribute::common_name, plan.name)) return fail(std::string("a name has 1 to 64 characters"));
  for (const auto& domain : plan.permitted)
    if (domain.starts_with('*') || !is_dns_name(domain)) return fail(fmt::format("'{}' is no domain", domain));
  auto key = new_key();
  if (!key) return fail(key.error());
  try {
    return build_ca(plan, std::move(*key));
  } catch (const std::runtime_error& e) {
    return fail(std::string(e.what()));
  }
}

Result<std::string, std::string> mint(const Issuer& issuer, const LeafFields& fields, std::int64_t now) {
  if (const auto checked = check(fields); !checked) return fail(checked.error());
  const auto allowed = constrained(issuer.certificate.get(), fields);
  if (!allowed) return fail(allowed.error());
  try {
    const auto leaf = build_leaf(issuer, *allowed, now);
    if (!satisfies_constraints(leaf.get(), issuer.certificate.get()))
      return fail(std::string("the constraints of the CA forbid it"));
    sign(leaf.get(), issuer.key.get());
    return to_der(leaf.get());
  } catch (const std::runtime_error& e) {
    return fail(std::string(e.what()));
  }
}

}  // namespace p3scan::authority
