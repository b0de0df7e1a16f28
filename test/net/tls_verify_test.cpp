// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gmock/gmock.h>

#include "net/tls_upstream.h"

namespace p3scan::net {
namespace {

using namespace tls_test;
using testing::HasSubstr;

/// Revokes the certificates with these serial numbers.
std::shared_ptr<X509_CRL> make_crl(const Party& issuer, const std::vector<long>& serials, long from = -3600,
                                   long until = 86400) {
  std::shared_ptr<X509_CRL> crl(X509_CRL_new(), X509_CRL_free);
  X509_CRL_set_version(crl.get(), 1);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.certificate.get()));
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> time(ASN1_TIME_new(), ASN1_TIME_free);
  X509_CRL_set1_lastUpdate(crl.get(), X509_gmtime_adj(time.get(), from));
  for (const auto serial : serials) {
    auto* const revoked = X509_REVOKED_new();
    const std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)> number(ASN1_INTEGER_new(), ASN1_INTEGER_free);
    ASN1_INTEGER_set(number.get(), serial);
    X509_REVOKED_set_serialNumber(revoked, number.get());
    X509_REVOKED_set_revocationDate(revoked, time.get());
    X509_CRL_add0_revoked(crl.get(), revoked);
  }
  X509_CRL_set1_nextUpdate(crl.get(), X509_gmtime_adj(time.get(), until));
  EXPECT_GT(X509_CRL_sign(crl.get(), issuer.key.get(), EVP_sha256()), 0);
  return crl;
}

struct Staple {
  int status = V_OCSP_CERTSTATUS_GOOD;
  long from = -3600;
  long until = 86400;
  const EVP_MD* digest = EVP_sha1();
};

std::string make_staple(const Party& leaf, const Party& issuer, const Party& signer, const Staple& wish) {
  const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic(OCSP_BASICRESP_new(),
                                                                              OCSP_BASICRESP_free);
  const std::unique_ptr<OCSP_CERTID, decltype(&OCSP_CERTID_free)> id(
      OCSP_cert_to_id(wish.digest, leaf.certificate.get(), issuer.certificate.get()), OCSP_CERTID_free);
  auto* const now = X509_gmtime_adj(nullptr, wish.from);
  auto* const later = X509_gmtime_adj(nullptr, wish.until);
  OCSP_basic_add1_status(basic.get(), id.get(), wish.status, OCSP_REVOKED_STATUS_KEYCOMPROMISE, now, now, later);
  ASN1_TIME_free(now);
  ASN1_TIME_free(later);
  EXPECT_EQ(OCSP_basic_sign(basic.get(), signer.certificate.get(), signer.key.get(), EVP_sha256(), nullptr, 0), 1);
  const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()), OCSP_RESPONSE_free);
  unsigned char* data = nullptr;
  const int size = i2d_OCSP_RESPONSE(response.get(), &data);
  std::string text(reinterpret_cast<char*>(data), static_cast<std::size_t>(size));
  OPENSSL_free(data);
  return text;
}

int staple(SSL* ssl, void* argument) {
  const auto& text = *static_cast<std::string*>(argument);
  SSL_set_tlsext_status_ocsp_resp(ssl, OPENSSL_memdup(text.data(), text.size()), static_cast<long>(text.size()));
  return SSL_TLSEXT_ERR_OK;
}

Upstream::Setup stapling(std::string& text) {
  return [&text](SSL_CTX* context) {
    SSL_CTX_set_tlsext_status_cb(context, staple);
    SSL_CTX_set_tlsext_status_arg(context, &text);
  };
}

class TlsVerification : public TlsVisits {
 protected:
  TlsVerification() : intermediate_(make_party({.name = "Test issuer", .authority = true}, &root_)) {}

  /// Refused where verification is required; else shown as bad, also when the session is taken up again.
  void expect_flaw(const Upstream& upstream, const std::string& words) {
    const auto refused = visit(client_, upstream.endpoint(), {.verify = {.name = "mail.example.org"}});
    EXPECT_FALSE(refused.shaken);
    EXPECT_EQ(refused.failure, TlsFailure::certificate) << refused.error;
    EXPECT_THAT(refused.error, HasSubstr(words));
    const TlsOptions look{.verify = {.required = false, .name = "mail.example.org"}};
    for (const bool again : {false, true}) {
      const auto seen = visit(client_, upstream.endpoint(), look);
      ASSERT_TRUE(seen.shaken) << seen.error;
      EXPECT_EQ(seen.greeting, "+OK\r\n");
      EXPECT_THAT(seen.flaw.value_or("none"), HasSubstr(words));
      EXPECT_EQ(seen.resumed, again);
      EXPECT_FALSE(seen.certificate.chain.empty());
    }
    const auto later = visit(client_, upstream.endpoint(), {.verify = {.name = "mail.example.org"}});
    EXPECT_FALSE(later.shaken) << "what was only looked at must not be taken up where verification is required";
  }

  void expect_good(const Upstream& upstream) {
    const auto seen = visit(client_, upstream.endpoint(), {.verify = {.name = "mail.example.org"}});
    EXPECT_TRUE(seen.shaken) << seen.error;
    EXPECT_EQ(seen.flaw.value_or("none"), "none");
  }

  void revoke(const std::vector<std::shared_ptr<X509_CRL>>& lists) {
    for (const auto& list : lists) crls_.add(list.get());
    client_ = *TlsContext::make(TlsContext::Role::client, {.roots = roots_.path(), .crls = crls_.path()});
  }

  Party intermediate_;
  TemporaryFile crls_;
};

TEST_F(TlsVerification, TakesAGoodCertificate) {
  expect_good({make_party({}, &intermediate_), {intermediate_}});
  expect_good({make_party({.key = rsa_key(2048)}, &root_), {}});
}

TEST_F(TlsVerification, TellsEachFlawOfALeaf) {
  const struct {
    std::string flaw;
    Wish wish;
  } rows[] = {
      {"certificate has expired (", {.until = -60}},
      {"certificate is not yet valid", {.from = 3600}},
      {"hostname mismatch: it is for other.example.org", {.alternative = "DNS:other.example.org"}},
      {"hostname mismatch: it is for a.example, b.example, c.example, ...",
       {.alternative = "DNS:a.example,DNS:b.example,DNS:c.example,DNS:d.example"}},
      {"hostname mismatch", {.alternative = "DNS:m*.example.org"}},
      {"hostname mismatch", {.alternative = "DNS:example.org"}},
      {"signature too weak (SHA1)", {.digest = EVP_sha1()}},
      {"key too short (1024 bits)", {.key = rsa_key(1024)}},
      {"purpose", {.usage = "clientAuth"}},
      {"demands a stapled OCSP response", {.feature = "status_request"}},
      {"certificate has expired (", {.until = -60, .key = rsa_key(1024)}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.flaw);
    expect_flaw({make_party(row.wish, &intermediate_), {intermediate_}}, row.flaw);
  }
}

TEST_F(TlsVerification, TellsEachFlawOfAChain) {
  const auto stranger = make_root("Strange root");
  const auto between = make_party({.name = "Strange issuer", .authority = true}, &stranger);
  const auto old = make_party({.name = "Old issuer", .until = -60, .authority = true}, &root_);
  const auto weak = make_party({.name = "Weak issuer", .authority = true, .digest = EVP_sha1()}, &root_);
  const auto small = make_party({.name = "Small issuer", .authority = true, .key = rsa_key(1024)}, &root_);
  const auto layman = make_party({.name = "Layman"}, &root_);
  const auto evil =
      make_root("Evil\nroot\x01 with a name that is much longer than anybody needs to read in a log line");
  const struct {
    std::string flaw;
    Party leaf;
    std::vector<Party> sent;
  } rows[] = {
      {"self-signed certificate", make_party({}), {}},
      {"untrusted root Strange root", make_party({}, &stranger), {stranger}},
      {"untrusted root Strange root", make_party({}, &between), {between}},
      {"untrusted root Strange root", make_party({}, &between), {between, stranger}},
      {"missing intermediate certificate: the server sent none of the issuer Test issuer",
       make_party({}, &intermediate_),
       {}},
      {"certificate has expired of the issuer Old issuer (", make_party({}, &old), {old}},
      {"signature too weak of the issuer Weak issuer (SHA1)", make_party({}, &weak), {weak}},
      {"key too short of the issuer Small issuer (1024 bits)", make_party({}, &small), {small}},
      {"of the issuer Layman", make_party({}, &layman), {layman}},
      {"untrusted root Example", make_party({}, &evil), {evil}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.flaw);
    expect_flaw({row.leaf, row.sent}, row.flaw);
  }
}

TEST_F(TlsVerification, LooksAtTheChainAloneWithoutAName) {
  const Upstream upstream(make_party({.alternative = "DNS:other.example.org"}, &root_), {});
  const auto seen = visit(client_, upstream.endpoint(), {});
  EXPECT_TRUE(seen.shaken) << seen.error;
  EXPECT_FALSE(seen.flaw);
}

TEST_F(TlsVerification, VerifiesAddresses) {
  const Upstream upstream(make_party({.alternative = "IP:127.0.0.1,IP:2001:db8::1"}, &root_), {});
  EXPECT_TRUE(visit(client_, upstream.endpoint(), {.verify = {.name = "127.0.0.1"}}).shaken);
  EXPECT_TRUE(visit(client_, upstream.endpoint(), {.verify = {.name = "2001:db8::1"}}).shaken);
  const auto other = visit(client_, upstream.endpoint(), {.verify = {.name = "127.0.0.2"}});
  EXPECT_THAT(other.error, HasSubstr("IP address mismatch: it is for 127.0.0.1, 2001:db8::1"));
}

TEST_F(TlsVerification, HeedsRevocationLists) {
  const auto revoked = make_party({.serial = 66}, &intermediate_);
  const auto other = make_party({.serial = 67}, &intermediate_);
  revoke({make_crl(intermediate_, {66})});
  expect_flaw({revoked, {intermediate_}}, "certificate revoked (CRL)");
  expect_good({other, {intermediate_}});
  expect_good({make_party({.serial = 66}, &root_), {}});  // of an issuer without a list
}

TEST_F(TlsVerification, HeedsRevokedIssuersAndOldLists) {
  auto bad = make_party({.name = "Bad issuer", .authority = true, .serial = 99}, &root_);
  revoke({make_crl(root_, {99}, -7200, -3600)});
  expect_flaw({make_party({}, &bad), {bad}}, "certificate revoked of the issuer Bad issuer (CRL)");
  expect_good({make_party({}, &intermediate_), {intermediate_}});
}

TEST_F(TlsVerification, RefusesListsThatItCantRead) {
  EXPECT_FALSE(TlsContext::make(TlsContext::Role::client, {.crls = "/nowhere"}));
  EXPECT_FALSE(TlsContext::make(TlsContext::Role::client, {.crls = roots_.path()}));
  EXPECT_FALSE(TlsContext::make(TlsContext::Role::client, {.roots = "/nowhere"}));
}

TEST_F(TlsVerification, HeedsStapledResponses) {
  const auto responder = make_party({.name = "Responder", .usage = "OCSPSigning"}, &intermediate_);
  const auto impostor = make_party({.name = "Impostor"}, &intermediate_);
  const auto stranger = make_root("Strange root");
  constexpr auto kRevoked = V_OCSP_CERTSTATUS_REVOKED;
  const std::string by_staple = "certificate revoked (stapled OCSP response)";
  const std::string demanded = "demands a stapled OCSP response";
  const struct {
    std::string flaw;  // empty: none
    const Party* signer;
    Staple staple;
    std::string feature;
  } rows[] = {
      {"", &intermediate_, {}, ""},
      {"", &intermediate_, {}, "status_request"},
      {"", &responder, {.digest = EVP_sha256()}, "status_request"},
      {by_staple, &intermediate_, {.status = kRevoked}, ""},
      {by_staple, &responder, {.status = kRevoked, .digest = EVP_sha256()}, ""},
      {by_staple, &intermediate_, {.status = kRevoked, .from = -7200, .until = -3600}, ""},
      {"certificate unknown to its issuer", &intermediate_, {.status = V_OCSP_CERTSTATUS_UNKNOWN}, ""},
      {"", &stranger, {.status = kRevoked}, ""},  // anybody could say so
      {demanded, &stranger, {}, "status_request"},
      {demanded, &impostor, {}, "status_request"},
      {demanded, &intermediate_, {.from = -7200, .until = -3600}, "status_request"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.flaw + " " + std::to_string(&row - std::begin(rows)));
    const auto leaf = make_party({.feature = row.feature}, &intermediate_);
    auto text = make_staple(leaf, intermediate_, *row.signer, row.staple);
    const Upstream upstream(leaf, {intermediate_}, stapling(text));
    row.flaw.empty() ? expect_good(upstream) : expect_flaw(upstream, row.flaw);
  }
  std::string garbage = "no response";
  expect_good({make_party({}, &intermediate_), {intermediate_}, stapling(garbage)});
}

}  // namespace
}  // namespace p3scan::net
