// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "net/tls_identity.h"

namespace p3scan::authority {

/// The identities used last, up to a number and an age. Safe from any thread.
class IdentityCache {
 public:
  using Clock = std::chrono::steady_clock;
  using Identity = std::shared_ptr<const net::TlsIdentity>;

  IdentityCache(std::size_t most, Clock::duration age) : most_(most), age_(age) {}

  Identity find(const std::string& key, Clock::time_point now = Clock::now());  // none when it is not there
  void put(const std::string& key, Identity identity, Clock::time_point now = Clock::now());
  void clear();

 private:
  struct Entry {
    std::string key;
    Identity identity;
    Clock::time_point made;
  };

  std::mutex mutex_;
  std::size_t most_;
  Clock::duration age_;
  std::list<Entry> entries_;  // the last used one first
  std::unordered_map<std::string, std::list<Entry>::iterator> places_;
};

}  // namespace p3scan::authority
