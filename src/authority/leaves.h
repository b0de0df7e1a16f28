// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "base/asio/asio.h"
#include "base/log.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "net/tls_certificate.h"
#include "net/tls_identity.h"

namespace p3scan::authority {

struct LeavesLimits {
  std::size_t cached = 2000;  // identities, a few KB each; the one not used for longest goes
  std::size_t waiting = 256;  // certificates asked for at once
  std::chrono::seconds patience{10};
  std::chrono::hours age{24};
};

/// The gateway's side of the signer: identities like the real servers', to show to clients. One per process, safe from
/// any thread. All have one key, which is made anew with each process. A server's certificate is signed once, however
/// many sessions ask; while there is no signer they wait, and every wait ends in an error at the latest after patience.
class Leaves {
 public:
  using Identity = Result<std::shared_ptr<const net::TlsIdentity>, std::string>;

  /// The requests go out on `executor`, of an event loop that runs. Throws std::runtime_error without a key.
  Leaves(const asio::any_io_executor& executor, const Log& log, LeavesLimits limits = {});
  Leaves(const Leaves&) = delete;
  Leaves& operator=(const Leaves&) = delete;
  Leaves(Leaves&&) = delete;
  Leaves& operator=(Leaves&&) = delete;
  ~Leaves();

  /// A signer that has just started (authority/signer.h) takes the place of the one before. With another CA than that
  /// one had, nothing that was signed before is shown again.
  void connect(UniqueFd signer);

  /// Whether there is a CA: whether a signer was ever there.
  bool has_authority() const;

  /// An identity that mirrors `real`: under the CA that clients trust, or under the one that nobody does. The error is
  /// for the log.
  asio::awaitable<Identity> leaf(const net::PeerCertificate& real, bool trusted);

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace p3scan::authority
