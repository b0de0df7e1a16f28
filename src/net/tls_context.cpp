// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/openssl.h"
#include "net/tls.h"
#include "net/tls_notes.h"
#include "net/tls_resumption.h"
#include "net/tls_tickets.h"

namespace p3scan::net {
namespace {

constexpr int kSecurityLevel = 2;  // 112 bits: RSA and DH of 2048, no SHA-1
constexpr int kMaxDepth = 10;      // of a chain
constexpr long kTicketLife = std::chrono::seconds(TicketKeys::kLife).count();
constexpr std::size_t kTickets = 1;

bool load_crls(SSL_CTX* native, const std::string& file) {
  auto* const store = SSL_CTX_get_cert_store(native);
  auto* const lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
  if (lookup == nullptr || X509_load_crl_file(lookup, file.c_str(), X509_FILETYPE_PEM) <= 0) return false;
  return X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) == 1;
}

Result<void, std::string> believe(SSL_CTX* native, const TlsTrust& trust) {
  if (SSL_CTX_set_default_verify_paths(native) != 1) return fail("system roots: " + take_error());
  if (!trust.roots.empty() && SSL_CTX_load_verify_file(native, trust.roots.c_str()) != 1) {
    return fail(trust.roots + ": " + take_error());
  }
  if (!trust.crls.empty() && !load_crls(native, trust.crls)) return fail(trust.crls + ": " + take_error());
  ERR_clear_error();
  return {};
}

}  // namespace

TlsContext::TlsContext(ssl_ctx_st* native, Role role)
    : native_(native),
      role_(role),
      resumption_(std::make_unique<TlsResumption>()),
      ticket_keys_(std::make_unique<TicketKeys>()) {}

TlsContext::~TlsContext() { SSL_CTX_free(native_); }

Result<std::shared_ptr<TlsContext>, std::string> TlsContext::make(Role role, const TlsTrust& trust) {
  auto* const native = SSL_CTX_new(role == Role::client ? TLS_client_method() : TLS_server_method());
  if (native == nullptr) return fail(take_error());
  std::shared_ptr<TlsContext> context(new TlsContext(native, role));
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_security_level(native, kSecurityLevel);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // An idle session keeps no buffers; what is written may move between two attempts.
  SSL_CTX_set_mode(native,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(native, 1);  // header and content of a record by one call of the kernel
  note_events(native, role);
  if (role == Role::server) {
    SSL_CTX_set_options(native, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);  // tickets only
    SSL_CTX_set_timeout(native, kTicketLife);
    SSL_CTX_set_num_tickets(native, kTickets);
    context->ticket_keys_->serve(native);
    return context;
  }
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_ex_data(native, 0, context->resumption_.get());
  SSL_CTX_set_verify_depth(native, kMaxDepth);
  if (auto done = believe(native, trust); !done) return fail(std::move(done.error()));
  return context;
}

}  // namespace p3scan::net
