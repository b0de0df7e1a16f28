// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/tls_upstream.h"

namespace p3scan::net {
namespace {

using namespace tls_test;
using Strings = std::vector<std::string>;

class PeerCertificates : public TlsVisits {
 protected:
  PeerCertificate shown(const Party& leaf, const std::string& name = {}) {
    const Upstream upstream(leaf, {root_});
    return visit(client_, upstream.endpoint(), {.verify = {.required = false, .name = name}}).certificate;
  }
};

TEST_F(PeerCertificates, AreTakenApart) {
  const auto leaf = make_party({.name = "Mäil",
                                .alternative = "DNS:a.example,IP:192.0.2.1,DNS:*.b.example,IP:2001:db8::1,"
                                               "email:x@a.example,URI:https://a.example/"},
                               &root_);
  const auto read = shown(leaf);
  EXPECT_EQ(read.subject, (std::vector<PeerCertificate::Field>{{"O", "Example"}, {"CN", "Mäil"}}));
  EXPECT_EQ(read.names, (Strings{"a.example", "*.b.example"}));
  EXPECT_EQ(read.addresses, (Strings{"192.0.2.1", "2001:db8::1"}));
  EXPECT_EQ(read.chain, (Strings{der(leaf.certificate), der(root_.certificate)}));
  EXPECT_EQ(read.fingerprint.size(), 32U);
  EXPECT_EQ(read.fingerprint, identity(leaf)->fingerprint());
  const auto now = std::chrono::system_clock::now();
  EXPECT_LT(std::chrono::abs(now - std::chrono::hours(1) - read.not_before), std::chrono::minutes(5));
  EXPECT_LT(std::chrono::abs(now + std::chrono::hours(24) - read.not_after), std::chrono::minutes(5));
}

TEST_F(PeerCertificates, ShowTheNameFirstThatMatched) {
  const auto leaf = make_party({.alternative = "DNS:a.example,DNS:*.b.example,DNS:c.example"}, &root_);
  EXPECT_EQ(shown(leaf, "x.b.example").names, (Strings{"*.b.example", "a.example", "c.example"}));
  EXPECT_EQ(shown(leaf, "y.example").names, (Strings{"a.example", "*.b.example", "c.example"}));
}

TEST_F(PeerCertificates, LoseWhatIsTooMuchOrMakesNoSense) {
  std::string many = "DNS:a b.example,DNS:.example,DNS:*.*.example,DNS:" + std::string(260, 'a');
  for (int i = 0; i < 300; ++i) many += fmt::format(",DNS:h{}.example,IP:192.0.{}.{}", i, i / 250, i % 250);
  const auto read = shown(make_party({.name = "bad\nname", .alternative = many}, &root_));
  EXPECT_EQ(read.subject, (std::vector<PeerCertificate::Field>{{"O", "Example"}}));
  ASSERT_EQ(read.names.size(), PeerCertificate::kMaxNames);
  EXPECT_EQ(read.names.front(), "h0.example");
  EXPECT_EQ(read.addresses.size(), PeerCertificate::kMaxNames);
}

TEST_F(PeerCertificates, AreEmptyBeforeAHandshake) {
  auto wire = Listener(io_).wire();
  const auto session = *TlsSession::make(client_, wire.client, {});
  EXPECT_TRUE(session->certificate().chain.empty());
  EXPECT_EQ(session->alpn(), "");
}

TEST(TlsIdentities, AreCertificatesWithTheirKey) {
  const auto leaf = make_party({});
  const auto good = der(leaf.certificate);
  const auto key = tls_key(leaf.key);
  const struct {
    std::string what;
    Strings certificates;
    bool fits;
  } rows[] = {{"good", {good}, true},
              {"nothing", {}, false},
              {"empty", {""}, false},
              {"garbage", {"garbage"}, false},
              {"cut", {good.substr(0, good.size() - 1)}, false},
              {"more behind", {good + "x"}, false},
              {"a bad issuer", {good, "x"}, false},
              {"of another key", {der(make_party({}).certificate)}, false}};
  for (const auto& row : rows) EXPECT_EQ(TlsIdentity::make(row.certificates, key).has_value(), row.fits) << row.what;
}

TEST(TlsIdentities, HaveAKeyOnP256) {
  const auto key = TlsKey::generate();
  ASSERT_TRUE(key);
  EXPECT_EQ(EVP_PKEY_get_bits(key->native()), 256);
  EXPECT_EQ(key->public_key().size(), 91U);
  EXPECT_NE(key->public_key(), TlsKey::generate()->public_key());
}

}  // namespace
}  // namespace p3scan::net
