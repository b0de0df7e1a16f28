// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/admission.h"

namespace p3scan::session {

void Admission::set_limits(Limits limits) {
  const std::scoped_lock lock(mutex_);
  limits_ = limits;
}

Admission::Answer Admission::enter(const net::Address& client) {
  const std::scoped_lock lock(mutex_);
  if (sessions_ >= limits_.sessions) return Answer::full;
  auto& count = clients_[client];
  if (count >= limits_.per_client) return Answer::client_has_too_many;
  ++count;
  ++sessions_;
  return Answer::welcome;
}

std::uint32_t Admission::sessions() const {
  const std::scoped_lock lock(mutex_);
  return sessions_;
}

void Admission::leave(const net::Address& client) {
  bool was_full = false;
  {
    const std::scoped_lock lock(mutex_);
    was_full = sessions_ >= limits_.sessions;
    --sessions_;
    const auto found = clients_.find(client);
    if (--found->second == 0) clients_.erase(found);
  }
  if (!was_full) return;  // nobody waits for a place
  for (const auto& wake : wakers_) wake();
}

}  // namespace p3scan::session
