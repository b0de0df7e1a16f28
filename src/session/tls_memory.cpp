// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/tls_memory.h"

namespace p3scan::session {

std::uint32_t TlsMemory::count(Key key, Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = entries_.find(key); found != entries_.end()) {
    auto& entry = *found->second;
    if (now - entry.last > kLifetime) entry.count = 0;
    entry.last = now;
    order_.splice(order_.begin(), order_, found->second);
    return ++entry.count;
  }
  if (entries_.size() >= most_ && !order_.empty()) {
    entries_.erase(order_.back().key);
    order_.pop_back();
  }
  order_.push_front({.key = key, .count = 1, .last = now});
  entries_.emplace(std::move(key), order_.begin());
  return 1;
}

std::uint32_t TlsMemory::look(const Key& key, Clock::time_point now) const {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(key);
  return found == entries_.end() || now - found->second->last > kLifetime ? 0 : found->second->count;
}

std::uint32_t TlsMemory::rejected(const std::string& client, const std::string& server, Clock::time_point now) {
  return count({client, server}, now);
}

void TlsMemory::accepted(const std::string& client, const std::string& server) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find({client, server});
  if (found == entries_.end()) return;
  order_.erase(found->second);
  entries_.erase(found);
}

bool TlsMemory::rejects(const std::string& client, const std::string& server, Clock::time_point now) const {
  return look({client, server}, now) >= kTooOften;
}

void TlsMemory::insists_on_client_certificate(const std::string& server, Clock::time_point now) {
  count({{}, server}, now);
}

bool TlsMemory::wants_client_certificate(const std::string& server, Clock::time_point now) const {
  return look({{}, server}, now) > 0;
}

std::size_t TlsMemory::size() const {
  const std::scoped_lock lock(mutex_);
  return entries_.size();
}

}  // namespace p3scan::session
