// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/mint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "authority/support.h"

namespace p3scan::authority {
namespace {

using namespace test;
using testing::HasSubstr;

TEST(Ca, IsOneForServersAlone) {
  const auto issuer = ca();
  auto* const certificate = issuer.certificate.get();
  EXPECT_EQ(X509_check_ca(certificate), 1);
  EXPECT_EQ(extension(certificate, NID_basic_constraints), "CA:TRUE, pathlen:0");
  EXPECT_EQ(extension(certificate, NID_key_usage), "Certificate Sign, CRL Sign");
  EXPECT_EQ(extension(certificate, NID_ext_key_usage), "TLS Web Server Authentication");
  EXPECT_EQ(extension(certificate, NID_name_constraints), "");
  EXPECT_EQ(common_name(certificate), "Test CA");
  EXPECT_EQ(starts(certificate), kNow - kDay);
  EXPECT_EQ(ends(certificate), kNow + 3652 * kDay);
  EXPECT_TRUE(EVP_PKEY_is_a(issuer.key.get(), "EC"));
  EXPECT_EQ(EVP_PKEY_get_bits(issuer.key.get()), 256);
}

TEST(Ca, TwoOfOneNameDiffer) {
  const auto first = ca();
  const auto later = make_ca({.name = "Test CA", .permitted = {}, .now = kNow + 1});
  ASSERT_TRUE(later);
  EXPECT_NE(
      X509_NAME_cmp(X509_get_subject_name(first.certificate.get()), X509_get_subject_name(later->certificate.get())),
      0);
}

TEST(Ca, RefusesWhatIsNoNameOrDomain) {
  EXPECT_FALSE(make_ca({.name = "", .permitted = {}, .now = kNow}));
  EXPECT_FALSE(make_ca({.name = std::string(65, 'a'), .permitted = {}, .now = kNow}));
  EXPECT_FALSE(make_ca({.name = "a\nb", .permitted = {}, .now = kNow}));
  for (const auto* domain : {"", ".", "*.example.com", "exa mple.com", "a..b", ".example.com"})
    EXPECT_FALSE(make_ca({.name = "x", .permitted = {domain}, .now = kNow})) << domain;
}

TEST(Mint, MirrorsTheFields) {
  const auto leaf = minted(plain_ca(), fields());
  EXPECT_EQ(subject(leaf.get()), "CN=imap.example.com,O=M\u00fcller & S\u00f6hne\\, \\<a href=x\\>,C=DE");
  EXPECT_EQ(extension(leaf.get(), NID_subject_alt_name),
            "DNS:imap.example.com, DNS:*.mail.example.com, IP Address:192.0.2.1");
  EXPECT_EQ(starts(leaf.get()), kNow - kDay) << "cut to the CA's";
  EXPECT_EQ(ends(leaf.get()), kNow + 80 * kDay);
  EXPECT_EQ(public_point(X509_get0_pubkey(leaf.get())), point());
  EXPECT_EQ(verify(leaf.get(), plain_ca().certificate.get(), "imap.example.com"), X509_V_OK);
  EXPECT_EQ(verify(leaf.get(), plain_ca().certificate.get(), "a.mail.example.com"), X509_V_OK);
  EXPECT_EQ(verify(leaf.get(), plain_ca().certificate.get(), "imap.example.org"), X509_V_ERR_HOSTNAME_MISMATCH);
}

TEST(Mint, IsNoCa) {
  const auto leaf = minted(plain_ca(), fields());
  EXPECT_EQ(X509_check_ca(leaf.get()), 0);
  EXPECT_EQ(extension(leaf.get(), NID_basic_constraints), "CA:FALSE");
  EXPECT_EQ(extension(leaf.get(), NID_key_usage), "Digital Signature");
  EXPECT_EQ(extension(leaf.get(), NID_ext_key_usage), "TLS Web Server Authentication");
  EXPECT_EQ(X509_get_version(leaf.get()), X509_VERSION_3);
}

/// A leaf that signs another is no way around it.
TEST(Mint, NothingBelowALeafIsTrusted) {
  auto key = new_key();
  ASSERT_TRUE(key);
  auto wanted = fields();
  wanted.public_key = public_point(key->get());
  Issuer leaf{minted(plain_ca(), wanted), std::move(*key)};
  const auto below = minted(leaf, fields());
  const std::unique_ptr<X509_STORE, Freed<X509_STORE_free>> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), plain_ca().certificate.get());
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> chain(
      sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
  sk_X509_push(chain.get(), leaf.certificate.get());
  const std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), below.get(), chain.get());
  X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context.get()), kNow);
  EXPECT_EQ(X509_verify_cert(context.get()), 0);
}

TEST(Mint, SerialNumbersAreRandomAndPositive) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    const auto leaf = minted(plain_ca(), fields());
    const auto* const serial = X509_get0_serialNumber(leaf.get());
    EXPECT_EQ(ASN1_STRING_length(serial), 16);
    EXPECT_EQ(ASN1_STRING_type(serial), V_ASN1_INTEGER) << "not negative";
    const auto* const octets = ASN1_STRING_get0_data(serial);
    seen.emplace(octets, octets + 16);
  }
  EXPECT_EQ(seen.size(), 20U);
}

struct ValidityRow {
  const char* what;
  bool trusted;
  std::int64_t from, to;          // days from now
  std::int64_t got_from, got_to;  // days from now
};

TEST(Mint, Validity) {
  for (const auto& row : {ValidityRow{"as it is", true, 0, 90, 0, 90},
                          {"not yet valid", true, 5, 95, 5, 95},
                          {"before the CA", true, -30, 60, -1, 60},
                          {"expired before the CA", false, -90, -2, -2, -2},
                          {"longer than the CA", false, -30, 10000, -1, 3652}}) {
    auto wanted = fields();
    wanted.trusted = row.trusted;
    wanted.not_before = kNow + row.from * kDay;
    wanted.not_after = kNow + row.to * kDay;
    const auto leaf = minted(plain_ca(), wanted);
    EXPECT_EQ(starts(leaf.get()), kNow + row.got_from * kDay) << row.what;
    EXPECT_EQ(ends(leaf.get()), kNow + row.got_to * kDay) << row.what;
  }
}

TEST(Mint, TrustedForAtMost825Days) {
  auto wanted = fields();
  wanted.not_after = kNow + 3000 * kDay;
  const auto later = kNow + 100 * kDay;
  const auto leaf = minted(plain_ca(), wanted, later);
  EXPECT_EQ(starts(leaf.get()), later - kDay);
  EXPECT_LT(ends(leaf.get()) - starts(leaf.get()), 825 * kDay);
  EXPECT_GT(ends(leaf.get()) - starts(leaf.get()), 824 * kDay);
}

TEST(Mint, SubjectAlone) {
  auto wanted = fields();
  wanted.names.clear();
  wanted.addresses.clear();
  EXPECT_EQ(extension(minted(plain_ca(), wanted).get(), NID_subject_alt_name), "");
}

TEST(Mint, NamesAlone) {
  auto wanted = fields();
  wanted.subject.clear();
  const auto leaf = minted(plain_ca(), wanted);
  EXPECT_EQ(subject(leaf.get()), "");
  EXPECT_EQ(verify(leaf.get(), plain_ca().certificate.get(), "imap.example.com"), X509_V_OK)
      << "strict: the names are critical then";
}

TEST(Mint, RefusesAPointThatIsNotOnTheCurve) {
  auto wanted = fields();
  wanted.public_key.back() = static_cast<char>(wanted.public_key.back() ^ 1);
  EXPECT_FALSE(mint(plain_ca(), wanted, kNow));
  wanted.public_key = "\4" + std::string(64, '\0');
  EXPECT_FALSE(mint(plain_ca(), wanted, kNow));
}

TEST(Constrained, SaysSoToClients) {
  const auto issuer = ca({"example.com", "example.net"});
  const auto text = extension(issuer.certificate.get(), NID_name_constraints);
  EXPECT_THAT(text, HasSubstr("DNS:example.com"));
  EXPECT_THAT(text, HasSubstr("DNS:example.net"));
  EXPECT_THAT(text, HasSubstr("IP:0.0.0.0/0.0.0.0"));
  EXPECT_EQ(permitted_domains(issuer.certificate.get()), (std::vector<std::string>{"example.com", "example.net"}));
  const int place = X509_get_ext_by_NID(issuer.certificate.get(), NID_name_constraints, -1);
  EXPECT_EQ(X509_EXTENSION_get_critical(X509_get_ext(issuer.certificate.get(), place)), 1);
}

TEST(Constrained, ForeignNamesAreLeftAway) {
  const auto issuer = ca({"example.com"});
  auto wanted = fields();
  wanted.names = {"imap.EXAMPLE.com", "example.com",          "*.example.com",
                  "badexample.com",   "example.com.evil.org", "bank.example"};
  wanted.subject.push_back({Attribute::common_name, "bank.example"});
  wanted.subject.push_back({Attribute::common_name, "The Bank"});
  const auto leaf = minted(issuer, wanted);
  EXPECT_EQ(extension(leaf.get(), NID_subject_alt_name), "DNS:imap.EXAMPLE.com, DNS:example.com, DNS:*.example.com");
  EXPECT_THAT(subject(leaf.get()), testing::StartsWith("CN=imap.example.com,O="));
  EXPECT_EQ(verify(leaf.get(), issuer.certificate.get(), "imap.example.com"), X509_V_OK);
}

TEST(Constrained, NothingForForeigners) {
  const auto issuer = ca({"example.com"});
  auto wanted = fields();
  wanted.names = {"bank.example"};
  const auto refused = mint(issuer, wanted, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), "the CA may only certify names in example.com");
  wanted.names.clear();  // with a subject and an address alone
  EXPECT_FALSE(mint(issuer, wanted, kNow));
}

/// Were the signer deceived, clients would still see it.
TEST(Constrained, ClientsRefuseForeignNames) {
  const auto bound = ca({"example.com"});
  Issuer cheat{Certificate(X509_dup(bound.certificate.get())), Key(EVP_PKEY_dup(bound.key.get()))};
  const int place = X509_get_ext_by_NID(cheat.certificate.get(), NID_name_constraints, -1);
  X509_EXTENSION_free(X509_delete_ext(cheat.certificate.get(), place));
  X509_sign(cheat.certificate.get(), cheat.key.get(), EVP_sha256());
  auto wanted = fields();
  wanted.names = {"bank.example"};
  wanted.addresses.clear();
  wanted.subject = {{Attribute::organization, "x"}};
  auto leaf = minted(cheat, wanted);
  EXPECT_EQ(verify(leaf.get(), bound.certificate.get(), "bank.example"), X509_V_ERR_PERMITTED_VIOLATION);
  wanted.names = {"a.example.com"};
  wanted.addresses = {std::string(4, '\1')};
  leaf = minted(cheat, wanted);
  EXPECT_EQ(verify(leaf.get(), bound.certificate.get(), ""), X509_V_ERR_EXCLUDED_VIOLATION);
}

}  // namespace
}  // namespace p3scan::authority
