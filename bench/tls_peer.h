// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>

namespace p3scan::bench {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using Context = std::unique_ptr<SSL_CTX, SslFree>;
using Earlier = std::unique_ptr<SSL_SESSION, SslFree>;

/// A connection of its own with blocking calls: few octets are exchanged, and the thread has nothing else to do. All
/// members throw std::runtime_error.
class TlsPeer {
 public:
  /// Towards a proxy on 127.0.0.1. `earlier`: the session to take up, or none.
  TlsPeer(SSL_CTX* context, std::uint16_t port, SSL_SESSION* earlier);
  /// A connection just accepted, taken over.
  TlsPeer(SSL_CTX* context, int accepted);
  TlsPeer(TlsPeer&& other) noexcept;
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;
  TlsPeer& operator=(TlsPeer&&) = delete;
  ~TlsPeer();

  void say(const std::string& line);
  std::string hear();  // one line; empty at the end
  void finish();       // says that nothing follows, and waits for the other side to say so
  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  Earlier session() const { return Earlier(SSL_get1_session(ssl_.get())); }

 private:
  void shake_hands(int (*how)(SSL*));

  std::unique_ptr<SSL, SslFree> ssl_;
  int descriptor_ = -1;
  std::string held_;
};

}  // namespace p3scan::bench
