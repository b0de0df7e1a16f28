// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "tls_peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace p3scan::bench {
namespace {

constexpr auto kServerName = "mail.bench.example";

void send_at_once(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int connect_to(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  send_at_once(descriptor);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    const int why = errno;
    ::close(descriptor);
    throw std::system_error(why, std::generic_category(), "connect");
  }
  return descriptor;
}

[[noreturn]] void fail(const char* what) {
  const auto* const reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  throw std::runtime_error(std::string(what) + ": " + (reason != nullptr ? reason : "the connection broke"));
}

}  // namespace

TlsPeer::TlsPeer(SSL_CTX* context, std::uint16_t port, SSL_SESSION* earlier)
    : ssl_(SSL_new(context)), descriptor_(connect_to(port)) {
  SSL_set_tlsext_host_name(ssl_.get(), kServerName);
  if (earlier != nullptr) SSL_set_session(ssl_.get(), earlier);
  shake_hands(SSL_connect);
}

TlsPeer::TlsPeer(SSL_CTX* context, int accepted) : ssl_(SSL_new(context)), descriptor_(accepted) {
  send_at_once(accepted);
  shake_hands(SSL_accept);
}

TlsPeer::TlsPeer(TlsPeer&& other) noexcept
    : ssl_(std::move(other.ssl_)), descriptor_(std::exchange(other.descriptor_, -1)), held_(std::move(other.held_)) {}

TlsPeer::~TlsPeer() {
  // Else its session would count as broken and could not be taken up again.
  if (ssl_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  if (descriptor_ >= 0) ::close(descriptor_);
}

void TlsPeer::shake_hands(int (*how)(SSL*)) {
  if (SSL_set_fd(ssl_.get(), descriptor_) == 1 && how(ssl_.get()) == 1) return;
  ::close(std::exchange(descriptor_, -1));
  fail("handshake");
}

void TlsPeer::say(const std::string& line) {
  if (SSL_write(ssl_.get(), line.data(), static_cast<int>(line.size())) <= 0) fail("write");
}

std::string TlsPeer::hear() {
  std::array<char, 512> piece{};
  for (;;) {
    if (const auto end = held_.find('\n'); end != std::string::npos) {
      auto line = held_.substr(0, end + 1);
      held_.erase(0, end + 1);
      return line;
    }
    const int n = SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()));
    if (n <= 0) {
      ERR_clear_error();
      return {};
    }
    held_.append(piece.data(), static_cast<std::size_t>(n));
  }
}

void TlsPeer::finish() {
  SSL_shutdown(ssl_.get());
  ::shutdown(descriptor_, SHUT_WR);
  std::array<char, 512> ignored{};
  while (::read(descriptor_, ignored.data(), ignored.size()) > 0) {}
}

}  // namespace p3scan::bench
