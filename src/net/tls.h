// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/connect.h"
#include "net/tls_certificate.h"
#include "net/tls_identity.h"

// The types of OpenSSL by their tags, so that its headers stay out of ours.
struct ssl_st;
struct ssl_ctx_st;

namespace p3scan::net {

class TicketKeys;
class TlsResumption;
struct TlsNotes;

/// What a client believes besides the system's roots.
struct TlsTrust {
  std::string roots = {};  // a file in PEM with more trusted roots; empty: none
  std::string crls = {};   // a file in PEM with lists of revoked certificates; empty: none
};

/// What many TLS sessions share: protocol floor (1.2), security level (no SHA-1, RSA of at least 2048 bits), trusted
/// roots, session cache, ticket keys. Safe to use from any thread.
class TlsContext {
 public:
  enum class Role { client, server };

  /// `trust` is for a client. The error is for the administrator.
  static Result<std::shared_ptr<TlsContext>, std::string> make(Role role, const TlsTrust& trust = {});
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  TlsContext(TlsContext&&) = delete;
  TlsContext& operator=(TlsContext&&) = delete;
  ~TlsContext();

  ssl_ctx_st* native() const { return native_; }
  Role role() const { return role_; }
  TlsResumption& resumption() const { return *resumption_; }  // a client's
  TicketKeys& ticket_keys() const { return *ticket_keys_; }   // a server's

 private:
  TlsContext(ssl_ctx_st* native, Role role);

  ssl_ctx_st* native_;
  Role role_;
  std::unique_ptr<TlsResumption> resumption_;
  std::unique_ptr<TicketKeys> ticket_keys_;
};

/// How a client's side looks at the server's certificate.
struct TlsVerify {
  bool required = true;   // a certificate with a flaw ends the handshake; else see TlsSession::flaw()
  std::string name = {};  // host name or address for SNI and the certificate; empty: only the chain is looked at
};

struct TlsOptions {
  TlsVerify verify = {};                             // client
  std::shared_ptr<const TlsIdentity> identity = {};  // server: must be given
  /// Client: offered in this order. Server: what it may answer; one of them must be on a client's list if that has one.
  std::vector<std::string> alpn = {};
  int floor = 0;              // the lowest version as on the wire (0x0303: TLS 1.2); never goes below the context's
  std::string received = {};  // octets read from the socket already, which come before what it still has
};

/// Why a session failed.
enum class TlsFailure {
  none,
  certificate,               // the peer's has a flaw and must not
  peer_rejected_us,          // the client does not take our certificate and says so: alert()
  wants_client_certificate,  // the server asked for one and refuses to go on without: alert()
  protocol,                  // no common version or cipher, broken records; alert() if the peer says so
  timeout,
  gone,  // the connection ended or broke
};

/// One TLS session over a connected non-blocking socket, which it does not own and which must outlive it. Holds no
/// buffers while idle. A peer can't start it over (no renegotiation). A client's takes up an earlier session with the
/// same server, name and verification if it can; a server's one of the same identity.
class TlsSession {
 public:
  /// As the context's role says. The error is for the log.
  static Result<std::unique_ptr<TlsSession>, std::string> make(std::shared_ptr<TlsContext> context, Socket& socket,
                                                               TlsOptions options);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  TlsSession(TlsSession&&) = delete;
  TlsSession& operator=(TlsSession&&) = delete;
  ~TlsSession();

  /// The error says in one line what failed: certificate, protocol, time, connection.
  boost::asio::awaitable<Result<void, std::string>> handshake(std::chrono::seconds limit);

  // Like read_some() and write_some() of a non-blocking socket: would_block means wait for the socket (to be readable
  // for a read, writable for a write), but a read only after reads have given all there was, since what is in the
  // session already the kernel does not announce. eof only when the peer said that it is done; a connection that just
  // ends is another error. At most one record is written or read at once.
  std::size_t read(std::span<char> into, error_code& ec);
  std::size_t write(std::span<const boost::asio::const_buffer> buffers, error_code& ec);

  /// Tells the peer that nothing follows; best effort, never waits.
  void close();

  // After the handshake.
  std::string describe() const;  // "TLSv1.3, TLS_AES_256_GCM_SHA384"
  std::string alpn() const;      // what was agreed on; empty: nothing
  bool resumed() const;
  /// The server's certificate; without chain before a server has shown it.
  PeerCertificate certificate() const;
  /// What is wrong with the server's certificate, in words; verification always runs, also where it is not required.
  std::optional<std::string> flaw() const;

  /// After a handshake that failed. With TLS 1.3 a peer may refuse after it: look again when a read or write fails.
  TlsFailure failure() const { return failure_; }
  std::optional<int> alert() const;  // RFC 8446 6: what the peer says in its fatal alert
  bool asked_for_certificate() const;
  /// The failure in words; as handshake() gives it.
  std::string failure_text() const;

  ssl_st* native() const { return native_; }

 private:
  TlsSession(std::shared_ptr<TlsContext> context, Socket& socket, ssl_st* native, TlsOptions options);
  bool set_up_client();
  bool set_up_server();
  void offer_earlier_session();
  boost::asio::awaitable<Result<void, std::string>> shake();
  void finish();
  void keep_renewed_session();
  void classify(int wants);
  TlsFailure meaning_of_alert() const;
  error_code to_error(int result);

  std::shared_ptr<TlsContext> context_;
  Socket& socket_;
  std::unique_ptr<TlsNotes> notes_;
  ssl_st* native_;
  TlsFailure failure_ = TlsFailure::none;
  bool established_ = false;
};

}  // namespace p3scan::net
