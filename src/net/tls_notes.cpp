// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/tls_notes.h"

#include <algorithm>
#include <string_view>

#include "net/openssl.h"

namespace p3scan::net {
namespace {

bool ends_session(const SSL* session, int level, int description) {
  if (level == SSL3_AL_FATAL) return true;
  // RFC 8446 6: with TLS 1.3 the level says nothing.
  return SSL_version(session) >= TLS1_3_VERSION && description != SSL_AD_CLOSE_NOTIFY &&
         description != SSL_AD_USER_CANCELLED;
}

void on_event(const SSL* session, int where, int value) {
  if (where != SSL_CB_READ_ALERT) return;
  const int description = value & 0xff;
  if (ends_session(session, value >> 8, description)) TlsNotes::of(session).alert = description;
}

int on_certificate(X509_STORE_CTX* context, void* /*argument*/) {
  const auto* const session =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& notes = TlsNotes::of(session);
  notes.verified = TlsResumption::Clock::now();
  if (notes.flaws.verify(context) || !notes.options.verify.required) return 1;
  notes.refused = true;
  return 0;
}

int on_staple(SSL* session, void* /*argument*/) {
  auto& notes = TlsNotes::of(session);
  notes.flaws.check_staple(session);
  if (notes.flaws.empty() || !notes.options.verify.required) return 1;
  notes.refused = true;
  return 0;
}

int on_certificate_request(SSL* session, X509** /*certificate*/, EVP_PKEY** /*key*/) {
  TlsNotes::of(session).asked_for_certificate = true;
  return 0;  // there is none
}

int on_new_session(SSL* session, SSL_SESSION* made) {
  const auto& notes = TlsNotes::of(session);
  if (notes.resumption_key.empty() || !notes.verified) return 0;
  TlsResumption::Native copy(SSL_SESSION_dup(made), SSL_SESSION_free);
  auto& resumption = *static_cast<TlsResumption*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), 0));
  if (copy) resumption.keep(notes.resumption_key, {std::move(copy), notes.flaws.text(), *notes.verified});
  return 0;  // the reference stays where it was
}

// NOLINTNEXTLINE(readability-function-size): the signature is OpenSSL's
int choose_protocol(SSL* session, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int total, void* /*argument*/) {
  const auto& ours = TlsNotes::of(session).options.alpn;
  if (ours.empty()) return SSL_TLSEXT_ERR_NOACK;
  for (unsigned int at = 0; at < total; at += 1U + offered[at]) {
    const auto name = to_view(offered + at + 1, offered[at]);
    if (std::ranges::find(ours, name) == ours.end()) continue;
    *chosen = offered + at + 1;
    *size = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301 3.2
}

}  // namespace

void note_events(SSL_CTX* context, TlsContext::Role role) {
  SSL_CTX_set_info_callback(context, on_event);
  if (role == TlsContext::Role::server) {
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    return;
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, on_certificate, nullptr);
  SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
  SSL_CTX_set_tlsext_status_cb(context, on_staple);
  SSL_CTX_set_client_cert_cb(context, on_certificate_request);
  SSL_CTX_sess_set_new_cb(context, on_new_session);
}

}  // namespace p3scan::net
