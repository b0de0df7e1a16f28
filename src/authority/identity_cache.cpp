// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/identity_cache.h"

namespace p3scan::authority {

IdentityCache::Identity IdentityCache::find(const std::string& key, Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  const auto found = places_.find(key);
  if (found == places_.end()) return nullptr;
  if (now - found->second->made >= age_) {
    entries_.erase(found->second);
    places_.erase(found);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->identity;
}

void IdentityCache::put(const std::string& key, Identity identity, Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = places_.find(key); found != places_.end()) {
    entries_.erase(found->second);
    places_.erase(found);
  }
  entries_.push_front({.key = key, .identity = std::move(identity), .made = now});
  places_.emplace(key, entries_.begin());
  while (entries_.size() > most_) {
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

void IdentityCache::clear() {
  const std::scoped_lock lock(mutex_);
  entries_.clear();
  places_.clear();
}

}  // namespace p3scan::authority
