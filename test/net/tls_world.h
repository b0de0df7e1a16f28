// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
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

/// Connections over loopback to one address.
class Listener {
 public:
  explicit Listener(asio::io_context& io) : acceptor_(io, {asio::ip::address_v4::loopback(), 0}) {}

  struct Wire {
    Socket client;
    Socket server;
  };
  Wire wire() {
    Wire wire{Socket(acceptor_.get_executor()), Socket(acceptor_.get_executor())};
    wire.client.connect(acceptor_.local_endpoint());
    acceptor_.accept(wire.server);
    tune(wire.client);
    tune(wire.server);
    return wire;
  }

 private:
  asio::ip::tcp::acceptor acceptor_;
};

/// A socket that does not block has no wait of its own.
inline void await_octets(Socket& socket) {
  pollfd one{.fd = socket.native_handle(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&one, 1, 20000), 1) << "nothing came";
}

/// Both sides of a session and how their handshakes ended.
struct Pair {
  std::unique_ptr<TlsSession> client;
  std::unique_ptr<TlsSession> server;
  Result<void, std::string> client_result;
  Result<void, std::string> server_result;
};

/// A gateway's contexts, one root that they trust, and a loop.
class TlsWorld : public testing::Test {
 protected:
  TlsWorld() {
    roots_.add(root_.certificate);
    client_ = *TlsContext::make(TlsContext::Role::client, {.roots = roots_.path()});
    server_ = *TlsContext::make(TlsContext::Role::server);
  }

  /// `version`: the only one; 0: what both like best.
  Pair start(Listener::Wire& wire, TlsOptions client, TlsOptions server, int version = 0) {
    Pair pair;
    pair.client = *TlsSession::make(client_, wire.client, std::move(client));
    pair.server = *TlsSession::make(server_, wire.server, std::move(server));
    if (version != 0) SSL_set_max_proto_version(pair.client->native(), version);
    return pair;
  }

  void shake_hands(Pair& pair) {
    begin(*pair.client, pair.client_result);
    begin(*pair.server, pair.server_result);
    run();
  }

  void begin(TlsSession& session, Result<void, std::string>& result) {
    asio::co_spawn(io_, session.handshake(std::chrono::seconds(20)),
                   [&result](const std::exception_ptr&, Result<void, std::string> r) { result = std::move(r); });
  }

  void run() {
    io_.restart();
    io_.run();
  }

  /// Waits for the next octets, at most one record; the error's message if there are none.
  std::string read(TlsSession& session, Socket& socket) {
    std::array<char, 20000> piece{};
    for (;;) {
      error_code ec;
      const auto n = session.read(piece, ec);
      if (!ec) return {piece.data(), n};
      if (ec != asio::error::would_block) return ec == asio::error::eof ? "(end)" : "(broken)";
      await_octets(socket);
    }
  }

  static void write(TlsSession& session, std::string_view bytes) {
    error_code ec;
    const std::array<asio::const_buffer, 1> buffers{asio::buffer(bytes)};
    EXPECT_EQ(session.write(buffers, ec), bytes.size()) << ec.message();
  }

  asio::io_context io_;
  TemporaryFile roots_;
  Party root_ = make_root("Test root");
  std::shared_ptr<TlsContext> client_;
  std::shared_ptr<TlsContext> server_;
};

}  // namespace p3scan::net::tls_test
