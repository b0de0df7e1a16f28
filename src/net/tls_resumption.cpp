// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/tls_resumption.h"

#include <openssl/ssl.h>

#include <ctime>

namespace p3scan::net {
namespace {

bool still_good(SSL_SESSION* session) {
  const auto* const leaf = SSL_SESSION_get0_peer(session);
  if (leaf == nullptr || SSL_SESSION_is_resumable(session) != 1) return false;
  const auto age = std::time(nullptr) - static_cast<std::time_t>(SSL_SESSION_get_time(session));
  // Zero would be an error: a certificate whose end can't be told is no reason to trust an old look at it.
  return age >= 0 && age < SSL_SESSION_get_timeout(session) && X509_cmp_current_time(X509_get0_notAfter(leaf)) > 0;
}

}  // namespace

void TlsResumption::keep(const std::string& key, Entry entry) {
  const std::lock_guard lock(mutex_);
  if (const auto found = places_.find(key); found != places_.end()) {
    order_.erase(found->second);
    places_.erase(found);
  }
  order_.push_front({key, std::move(entry)});
  places_.emplace(key, order_.begin());
  if (order_.size() <= kMaxEntries) return;
  places_.erase(order_.back().key);
  order_.pop_back();
}

std::optional<TlsResumption::Entry> TlsResumption::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(key);
  if (found == places_.end()) return {};
  const auto at = found->second;
  const bool flawed = !at->entry.flaw.empty();  // stays so; that it also expired is no news
  if (Clock::now() - at->entry.verified > kMaxAge || (!flawed && !still_good(at->entry.session.get()))) {
    places_.erase(found);
    order_.erase(at);
    return {};
  }
  order_.splice(order_.begin(), order_, at);
  return Entry{{SSL_SESSION_dup(at->entry.session.get()), SSL_SESSION_free}, at->entry.flaw, at->entry.verified};
}

std::size_t TlsResumption::size() const {
  const std::lock_guard lock(mutex_);
  return order_.size();
}

}  // namespace p3scan::net
