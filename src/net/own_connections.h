// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <mutex>
#include <set>

#include "net/endpoint.h"

namespace p3scan::net {

/// The local ends of the connections that this gateway made to servers. A client that comes from one of them is the
/// gateway itself: redirected back by a firewall rule, or sent here by a fixed target. Safe from any thread.
class OwnConnections {
 public:
  /// Counts one connection from its construction to its destruction.
  class Entry {
   public:
    Entry(OwnConnections& owner, const Endpoint& local) : owner_(&owner), local_(unmapped(local)) { owner.add(local_); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    Entry(Entry&&) = delete;
    Entry& operator=(Entry&&) = delete;
    ~Entry() { owner_->remove(local_); }

   private:
    OwnConnections* owner_;
    Endpoint local_;
  };

  bool contains(const Endpoint& peer) const {
    const std::scoped_lock lock(mutex_);
    return locals_.contains(unmapped(peer));
  }

 private:
  void add(const Endpoint& local) {
    const std::scoped_lock lock(mutex_);
    locals_.insert(local);
  }
  void remove(const Endpoint& local) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = locals_.find(local); found != locals_.end()) locals_.erase(found);
  }

  mutable std::mutex mutex_;
  std::multiset<Endpoint> locals_;
};

}  // namespace p3scan::net
