// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <openssl/ssl.h>

#include <optional>
#include <string>

#include "net/tls.h"
#include "net/tls_bio.h"
#include "net/tls_flaws.h"
#include "net/tls_resumption.h"

namespace p3scan::net {

/// What one session is to be like, and what OpenSSL's callbacks note about it.
struct TlsNotes {
  TlsNotes(int descriptor, TlsOptions&& wanted)
      : options(std::move(wanted)), socket(descriptor, std::move(options.received)) {}

  static TlsNotes& of(const SSL* session) { return *static_cast<TlsNotes*>(SSL_get_ex_data(session, 0)); }

  TlsOptions options;
  FrontedSocket socket;
  CertificateFlaws flaws;
  std::optional<TlsResumption::Entry> offered;               // the earlier session offered to the server
  std::string resumption_key;                                // empty: nothing to keep
  std::optional<int> alert;                                  // fatal, from the peer
  std::string detail;                                        // of a failure that is no certificate's and no alert
  std::optional<TlsResumption::Clock::time_point> verified;  // in this session or the one taken up
  bool refused = false;                                      // by us, for its certificate
  bool asked_for_certificate = false;
};

/// Sets the callbacks of a context that fill the notes.
void note_events(SSL_CTX* context, TlsContext::Role role);

}  // namespace p3scan::net
