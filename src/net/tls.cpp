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
#include "net/openssl.h"
#include "net/tls_notes.h"

namespace p3scan::net {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr std::size_t kRecord = 16384;     // RFC 8446 5.1: octets of plaintext in a record
constexpr std::size_t kMaxName = 253;      // octets of a host name
constexpr std::size_t kMaxProtocol = 255;  // RFC 7301 3.1

bool is_address(const std::string& name) {
  error_code ec;
  asio::ip::make_address(name, ec);
  return !ec;
}

/// The name may come from a client. One that begins with a dot would mean any subdomain to OpenSSL.
bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxName || name.front() == '.') return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

/// SNI is for names only (RFC 6066 3); a certificate may name addresses, too.
bool expect_name(ssl_st* native, std::string name) {
  if (is_address(name)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(native), name.c_str()) == 1;
  if (name.ends_with('.')) name.pop_back();
  if (!is_host_name(name)) return false;
  SSL_set_hostflags(native, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(native, name.c_str()) == 1 && SSL_set1_host(native, name.c_str()) == 1;
}

/// RFC 7301 3.1: each with its size in front.
std::string protocol_list(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) {
    if (name.empty() || name.size() > kMaxProtocol) continue;
    list += static_cast<char>(name.size());
    list += name;
  }
  return list;
}

bool offer_protocols(ssl_st* native, const std::vector<std::string>& names) {
  const auto list = protocol_list(names);
  if (list.empty()) return true;
  // This one is 0 when it worked.
  return SSL_set_alpn_protos(native, to_octets(list), static_cast<unsigned>(list.size())) == 0;
}

/// Alerts by which a peer says that it does not like a certificate, or misses one.
bool is_about_certificate(int alert) {
  switch (alert) {
    case SSL_AD_NO_CERTIFICATE:
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case TLS13_AD_CERTIFICATE_REQUIRED: return true;
    default: return false;
  }
}

}  // namespace

TlsSession::TlsSession(std::shared_ptr<TlsContext> context, Socket& socket, ssl_st* native, TlsOptions options)
    : context_(std::move(context)),
      socket_(socket),
      notes_(std::make_unique<TlsNotes>(socket.native_handle(), std::move(options))),
      native_(native) {}

TlsSession::~TlsSession() { SSL_free(native_); }

Result<std::unique_ptr<TlsSession>, std::string> TlsSession::make(std::shared_ptr<TlsContext> context, Socket& socket,
                                                                  TlsOptions options) {
  auto* const native = SSL_new(context->native());
  if (native == nullptr) return fail(take_error());
  const bool client = context->role() == TlsContext::Role::client;
  const int floor = options.floor;
  std::unique_ptr<TlsSession> session(new TlsSession(std::move(context), socket, native, std::move(options)));
  auto* const bio = session->notes_->socket.make_bio();
  if (bio == nullptr) return fail(std::string("no memory"));
  SSL_set_bio(native, bio, bio);
  SSL_set_ex_data(native, 0, session->notes_.get());
  if (floor > TLS1_2_VERSION && SSL_set_min_proto_version(native, floor) != 1) {
    ERR_clear_error();
    return fail(std::string("the version that the other side insists on is not known"));
  }
  if (client ? session->set_up_client() : session->set_up_server()) return session;
  return fail((client ? "host name or protocol list: " : "certificate to show: ") + take_error());
}

bool TlsSession::set_up_client() {
  SSL_set_connect_state(native_);
  const auto& options = notes_->options;
  if (!options.verify.name.empty() && !expect_name(native_, options.verify.name)) return false;
  if (!offer_protocols(native_, options.alpn)) return false;
  offer_earlier_session();
  return true;
}

bool TlsSession::set_up_server() {
  SSL_set_accept_state(native_);
  return notes_->options.identity && notes_->options.identity->show_on(native_);
}

void TlsSession::offer_earlier_session() {
  error_code ec;
  const auto server = socket_.remote_endpoint(ec);
  if (ec) return;
  const auto& options = notes_->options;
  notes_->resumption_key =
      fmt::format("{} {} {} {}", text(server), options.verify.name, options.verify.required, options.floor);
  auto earlier = context_->resumption().find(notes_->resumption_key);
  if (!earlier || !earlier->session) return;
  if (SSL_set_session(native_, earlier->session.get()) == 1) notes_->offered = std::move(earlier);
}

asio::awaitable<Result<void, std::string>> TlsSession::handshake(std::chrono::seconds limit) {
  asio::steady_timer patience(co_await asio::this_coro::executor, limit);
  auto first = co_await (shake() || patience.async_wait(kNothrow));
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  failure_ = TlsFailure::timeout;
  notes_->detail = fmt::format("no answer within {} seconds", limit.count());
  co_return fail(notes_->detail);
}

asio::awaitable<Result<void, std::string>> TlsSession::shake() {
  for (;;) {
    ERR_clear_error();
    errno = 0;
    const int result = SSL_do_handshake(native_);
    if (result == 1) break;
    const int wants = SSL_get_error(native_, result);
    if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) {
      classify(wants);
      co_return fail(failure_text());
    }
    const auto [ec] = co_await socket_.async_wait(
        wants == SSL_ERROR_WANT_READ ? asio::socket_base::wait_read : asio::socket_base::wait_write, kNothrow);
    if (ec) {
      failure_ = TlsFailure::gone;
      notes_->detail = ec.message();
      co_return fail(notes_->detail);
    }
  }
  finish();
  co_return Result<void, std::string>{};
}

/// A session taken up again has the flaw of the one that it continues. A certificate that nobody looked at would be a
/// mistake of ours; it never counts as a good one.
void TlsSession::finish() {
  established_ = true;
  if (context_->role() == TlsContext::Role::server) return;
  if (resumed() && notes_->offered) {
    notes_->flaws.set(notes_->offered->flaw);
    notes_->verified = notes_->offered->verified;
    keep_renewed_session();
  } else if (!notes_->verified) {
    notes_->flaws.set("the certificate was not verified");
  }
}

/// Up to TLS 1.2 OpenSSL does not tell of a ticket that came for a session taken up again.
void TlsSession::keep_renewed_session() {
  if (SSL_version(native_) >= TLS1_3_VERSION) return;
  const auto& offered = *notes_->offered;
  TlsResumption::Native copy(SSL_SESSION_dup(SSL_get_session(native_)), SSL_SESSION_free);
  if (copy) context_->resumption().keep(notes_->resumption_key, {std::move(copy), offered.flaw, offered.verified});
}

TlsFailure TlsSession::meaning_of_alert() const {
  const int alert = *notes_->alert;
  if (context_->role() == TlsContext::Role::server) {
    return is_about_certificate(alert) ? TlsFailure::peer_rejected_us : TlsFailure::protocol;
  }
  // Up to TLS 1.2 a server that misses a certificate may say so by a plain handshake_failure.
  const bool misses_ours = is_about_certificate(alert) || (alert == SSL_AD_HANDSHAKE_FAILURE && !established_);
  return notes_->asked_for_certificate && misses_ours ? TlsFailure::wants_client_certificate : TlsFailure::protocol;
}

void TlsSession::classify(int wants) {
  const int broken = errno;
  const bool cut = ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  if (notes_->refused) {
    failure_ = TlsFailure::certificate;
  } else if (notes_->alert) {
    failure_ = meaning_of_alert();
  } else if (wants != SSL_ERROR_SSL || cut) {
    failure_ = TlsFailure::gone;
    notes_->detail = broken != 0 && !cut && wants == SSL_ERROR_SYSCALL ? std::generic_category().message(broken)
                                                                       : "the peer closed the connection";
  } else {
    failure_ = TlsFailure::protocol;
    notes_->detail = take_error();
  }
  ERR_clear_error();
}

std::string TlsSession::failure_text() const {
  if (failure_ == TlsFailure::certificate) return "certificate: " + notes_->flaws.text();
  if (failure_ == TlsFailure::none || !notes_->alert) return notes_->detail;
  const auto* const says = SSL_alert_desc_string_long(*notes_->alert);
  switch (failure_) {
    case TlsFailure::peer_rejected_us: return fmt::format("the client rejects our certificate ({})", says);
    case TlsFailure::wants_client_certificate: return fmt::format("the server wants a client certificate ({})", says);
    default: return fmt::format("the peer refuses ({})", says);
  }
}

std::string TlsSession::alpn() const {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(native_, &name, &size);
  return size == 0 ? std::string() : to_text(name, size);
}

bool TlsSession::resumed() const { return SSL_session_reused(native_) == 1; }
PeerCertificate TlsSession::certificate() const { return read_certificate(native_); }
std::optional<int> TlsSession::alert() const { return notes_->alert; }
bool TlsSession::asked_for_certificate() const { return notes_->asked_for_certificate; }

std::optional<std::string> TlsSession::flaw() const {
  if (notes_->flaws.empty()) return {};
  return notes_->flaws.text();
}

error_code TlsSession::to_error(int result) {
  const int wants = SSL_get_error(native_, result);
  switch (wants) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN: return asio::error::eof;
    default: classify(wants); return asio::error::connection_reset;
  }
}

std::size_t TlsSession::read(std::span<char> into, error_code& ec) {
  ERR_clear_error();
  const int result = SSL_read(native_, into.data(), static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX)));
  if (result > 0) {
    ec = {};
    return static_cast<std::size_t>(result);
  }
  ec = to_error(result);
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
  ec = to_error(result);
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
