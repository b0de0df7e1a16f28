// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string>
#include <system_error>

#include "base/asio/asio.h"

namespace p3scan::net {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr std::size_t kRecord = 16384;  // RFC 8446 5.1: octets of plaintext in a record

/// The oldest error of this thread in words, and none left behind.
std::string take_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0)
    return errno != 0 ? std::generic_category().message(errno) : std::string("the peer closed the connection");
  const auto* const reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "OpenSSL error " + std::to_string(code);
}

error_code to_error(ssl_st* native, int result) {
  switch (SSL_get_error(native, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN: return asio::error::eof;
    default: ERR_clear_error(); return asio::error::connection_reset;
  }
}

bool is_address(const std::string& name) {
  error_code ec;
  asio::ip::make_address(name, ec);
  return !ec;
}

/// SNI is for names only (RFC 6066 3); a certificate may name addresses, too.
bool expect_name(ssl_st* native, const std::string& name) {
  if (is_address(name)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(native), name.c_str()) == 1;
  return SSL_set_tlsext_host_name(native, name.c_str()) == 1 && SSL_set1_host(native, name.c_str()) == 1;
}

}  // namespace

Result<std::shared_ptr<TlsContext>, std::string> TlsContext::make(Role role, const std::string& roots) {
  auto* const native = SSL_CTX_new(role == Role::client ? TLS_client_method() : TLS_server_method());
  if (native == nullptr) return fail(take_error());
  std::shared_ptr<TlsContext> context(new TlsContext(native, role));
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // An idle session keeps no buffers; what is written may move between two attempts.
  SSL_CTX_set_mode(native,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (role == Role::server) return context;
  if (SSL_CTX_set_default_verify_paths(native) != 1) return fail("system roots: " + take_error());
  if (!roots.empty() && SSL_CTX_load_verify_file(native, roots.c_str()) != 1) return fail(roots + ": " + take_error());
  return context;
}

TlsContext::~TlsContext() { SSL_CTX_free(native_); }

Result<std::unique_ptr<TlsSession>, std::string> TlsSession::make(std::shared_ptr<TlsContext> context, Socket& socket,
                                                                  const TlsVerify& verify) {
  auto* const native = SSL_new(context->native());
  if (native == nullptr) return fail(take_error());
  const bool client = context->role() == TlsContext::Role::client;
  std::unique_ptr<TlsSession> session(new TlsSession(std::move(context), socket, native));
  if (SSL_set_fd(native, socket.native_handle()) != 1) return fail(take_error());
  if (!client) {
    SSL_set_accept_state(native);
    return session;
  }
  SSL_set_connect_state(native);
  SSL_set_verify(native, verify.required ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!verify.name.empty() && !expect_name(native, verify.name)) return fail("host name: " + take_error());
  return session;
}

TlsSession::~TlsSession() { SSL_free(native_); }

asio::awaitable<Result<void, std::string>> TlsSession::handshake(std::chrono::seconds limit) {
  asio::steady_timer patience(co_await asio::this_coro::executor, limit);
  auto first = co_await (shake() || patience.async_wait(kNothrow));
  if (first.index() == 1) co_return fail(fmt::format("no answer within {} seconds", limit.count()));
  co_return std::get<0>(std::move(first));
}

asio::awaitable<Result<void, std::string>> TlsSession::shake() {
  for (;;) {
    ERR_clear_error();
    errno = 0;
    const int result = SSL_do_handshake(native_);
    if (result == 1) {
      established_ = true;
      co_return Result<void, std::string>{};
    }
    const int wants = SSL_get_error(native_, result);
    if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) co_return fail(failure());
    const auto [ec] = co_await socket_.async_wait(
        wants == SSL_ERROR_WANT_READ ? asio::socket_base::wait_read : asio::socket_base::wait_write, kNothrow);
    if (ec) co_return fail(ec.message());
  }
}

/// A certificate's flaw says more than "certificate verify failed".
std::string TlsSession::failure() const {
  const auto verdict = SSL_get_verify_result(native_);
  if (verdict == X509_V_OK) return take_error();
  ERR_clear_error();
  return std::string("certificate: ") + X509_verify_cert_error_string(verdict);
}

std::size_t TlsSession::read(std::span<char> into, error_code& ec) {
  ERR_clear_error();
  const int result = SSL_read(native_, into.data(), static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX)));
  if (result > 0) {
    ec = {};
    return static_cast<std::size_t>(result);
  }
  ec = to_error(native_, result);
  return 0;
}

/// Small pieces share a record: one write per reply.
std::size_t TlsSession::write(std::span<const asio::const_buffer> buffers, error_code& ec) {
  ec = {};
  std::array<char, kRecord> record;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled as far as it is used
  const auto* data = static_cast<const char*>(nullptr);
  std::size_t size = 0;
  for (const auto& buffer : buffers) {
    if (buffer.size() == 0) continue;
    if (size == 0 && (buffer.size() >= kRecord || &buffer == &buffers.back())) {
      data = static_cast<const char*>(buffer.data());
      size = std::min(buffer.size(), kRecord);
      break;
    }
    data = record.data();
    size += asio::buffer_copy(asio::buffer(record) + size, buffer);
    if (size == kRecord) break;
  }
  if (size == 0) return 0;
  ERR_clear_error();
  const int result = SSL_write(native_, data, static_cast<int>(size));
  if (result > 0) return static_cast<std::size_t>(result);
  ec = to_error(native_, result);
  if (ec == asio::error::eof) ec = asio::error::connection_reset;
  return 0;
}

void TlsSession::close() {
  if (!established_) return;
  ERR_clear_error();
  SSL_shutdown(native_);
  ERR_clear_error();
}

std::string TlsSession::describe() const {
  return fmt::format("{}, {}", SSL_get_version(native_), SSL_get_cipher_name(native_));
}

}  // namespace p3scan::net
