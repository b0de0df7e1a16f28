// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <functional>
#include <thread>

#include "net/tls_world.h"

namespace p3scan::net::tls_test {

/// A server as bad as a test wants it: OpenSSL alone, without the gateway's limits. Greets with "+OK" and waits for the
/// end, one connection after the other, in a thread of its own.
class Upstream {
 public:
  using Setup = std::function<void(SSL_CTX*)>;

  Upstream(const Party& leaf, const std::vector<Party>& sent, const Setup& more = {})
      : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    auto* const context = context_.get();
    SSL_CTX_set_security_level(context, 0);
    EXPECT_EQ(SSL_CTX_use_certificate(context, leaf.certificate.get()), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey(context, leaf.key.get()), 1);
    for (const auto& issuer : sent) SSL_CTX_add1_chain_cert(context, issuer.certificate.get());
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("test"), 4);
    if (more) more(context);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 5), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    endpoint_ = {asio::ip::address_v4::loopback(), ntohs(address.sin_port)};
    thread_ = std::jthread([this] { serve(); });
  }
  ~Upstream() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  Endpoint endpoint() const { return endpoint_; }

 private:
  void serve() {
    for (int fd = 0; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; ::close(fd)) talk(fd);
  }

  void talk(int fd) {
    auto* const ssl = SSL_new(context_.get());
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1 && SSL_write(ssl, "+OK\r\n", 5) == 5) {
      std::array<char, 100> ignored{};
      while (SSL_read(ssl, ignored.data(), static_cast<int>(ignored.size())) > 0) {}
    }
    ::shutdown(fd, SHUT_WR);  // what the client has still under way must not cost it an alert
    std::array<char, 100> ignored{};
    while (::read(fd, ignored.data(), ignored.size()) > 0) {}
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN);
    SSL_free(ssl);
  }

  std::shared_ptr<SSL_CTX> context_;
  int listener_ = -1;
  Endpoint endpoint_;
  std::jthread thread_;
};

/// What a visit to a server showed.
struct Visit {
  bool shaken = false;
  std::string error;  // of the handshake
  std::string greeting;
  std::optional<std::string> flaw;
  TlsFailure failure = TlsFailure::none;
  std::optional<int> alert;
  bool resumed = false;
  bool asked = false;
  PeerCertificate certificate;
};

class TlsVisits : public TlsWorld {
 protected:
  Visit visit(const std::shared_ptr<TlsContext>& context, const Endpoint& to, TlsOptions options) {
    Visit visit;
    Socket socket(io_);
    socket.connect(to);
    tune(socket);
    auto made = TlsSession::make(context, socket, std::move(options));
    EXPECT_TRUE(made) << made.error();
    auto& session = **made;
    Result<void, std::string> result;
    begin(session, result);
    run();
    visit.shaken = result.has_value();
    if (result) {
      visit.greeting = read(session, socket);
    } else {
      visit.error = result.error();
    }
    visit.flaw = session.flaw();
    visit.failure = session.failure();
    visit.alert = session.alert();
    visit.resumed = session.resumed();
    visit.asked = session.asked_for_certificate();
    visit.certificate = session.certificate();
    session.close();
    return visit;
  }
};

}  // namespace p3scan::net::tls_test
