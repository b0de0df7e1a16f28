// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <mutex>
#include <set>
#include <tuple>

#include "net/endpoint.h"

namespace p3scan::net {

/// The connections that this gateway made to servers, by both of their ends. A client that comes from the near end of one
/// and was going to its far end is the gateway itself: redirected back by a firewall rule, or sent here by a fixed
/// target. The near end alone would not do: a client on this host may have the same port for another far end.
/// Safe from any thread.
class OwnConnections {
 public:
  struct Ends {
    Endpoint local;
    Endpoint remote;
    bool operator<(const Ends& other) const { return std::tie(local, remote) < std::tie(other.local, other.remote); }
  };

  /// Counts one connection from its construction to its destruction.
  class Entry {
   public:
    Entry(OwnConnections& owner, const Ends& ends)
        : owner_(&owner), ends_{unmapped(ends.local), unmapped(ends.remote)} {
      owner.add(ends_);
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    Entry(Entry&&) = delete;
    Entry& operator=(Entry&&) = delete;
    ~Entry() { owner_->remove(ends_); }

   private:
    OwnConnections* owner_;
    Ends ends_;
  };

  bool contains(const Ends& ends) const {
    const std::scoped_lock lock(mutex_);
    return connections_.contains({unmapped(ends.local), unmapped(ends.remote)});
  }

 private:
  void add(const Ends& ends) {
    const std::scoped_lock lock(mutex_);
    connections_.insert(ends);
  }
  void remove(const Ends& ends) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = connections_.find(ends); found != connections_.end()) connections_.erase(found);
  }

  mutable std::mutex mutex_;
  std::multiset<Ends> connections_;
};

}  // namespace p3scan::net
