// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <chrono>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "net/connect.h"

// The types of OpenSSL by their tags, so that its headers stay out of ours.
struct ssl_st;
struct ssl_ctx_st;

namespace p3scan::net {

/// What many TLS sessions share: protocol floor (1.2), trusted roots, session cache. Safe to use from any thread.
class TlsContext {
 public:
  enum class Role { client, server };

  /// A client's trusts the system's roots, and `roots` (a file in PEM), if given, besides. The error is for the
  /// administrator.
  static Result<std::shared_ptr<TlsContext>, std::string> make(Role role, const std::string& roots = {});
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  TlsContext(TlsContext&&) = delete;
  TlsContext& operator=(TlsContext&&) = delete;
  ~TlsContext();

  ssl_ctx_st* native() const { return native_; }
  Role role() const { return role_; }

 private:
  TlsContext(ssl_ctx_st* native, Role role) : native_(native), role_(role) {}

  ssl_ctx_st* native_;
  Role role_;
};

/// How a client's side looks at the server's certificate.
struct TlsVerify {
  bool required = true;  // a certificate that is not trusted ends the handshake
  std::string name;      // host name for SNI and the certificate; empty: only the chain is looked at
};

/// One TLS session over a connected non-blocking socket, which it does not own and which must outlive it. Holds no
/// buffers while idle. A peer can't start it over (no renegotiation).
class TlsSession {
 public:
  /// As the context's role says. The error is for the log.
  static Result<std::unique_ptr<TlsSession>, std::string> make(std::shared_ptr<TlsContext> context, Socket& socket,
                                                               const TlsVerify& verify = {});
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  TlsSession(TlsSession&&) = delete;
  TlsSession& operator=(TlsSession&&) = delete;
  ~TlsSession();

  /// The error says in one line what failed: certificate, protocol, time, connection.
  boost::asio::awaitable<Result<void, std::string>> handshake(std::chrono::seconds limit);

  // Like read_some() and write_some() of a non-blocking socket: would_block means wait for the socket (to be readable
  // for a read, writable for a write). eof only when the peer said that it is done; a connection that just ends is
  // another error. At most one record is written or read at once.
  std::size_t read(std::span<char> into, error_code& ec);
  std::size_t write(std::span<const boost::asio::const_buffer> buffers, error_code& ec);

  /// Tells the peer that nothing follows; best effort, never waits.
  void close();

  std::string describe() const;  // "TLSv1.3, TLS_AES_256_GCM_SHA384"
  ssl_st* native() const { return native_; }

 private:
  TlsSession(std::shared_ptr<TlsContext> context, Socket& socket, ssl_st* native)
      : context_(std::move(context)), socket_(socket), native_(native) {}
  boost::asio::awaitable<Result<void, std::string>> shake();
  std::string failure() const;

  std::shared_ptr<TlsContext> context_;
  Socket& socket_;
  ssl_st* native_;
  bool established_ = false;
};

}  // namespace p3scan::net
