// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace p3scan::session {

/// What earlier connections taught about TLS: clients that do not take our certificates, and servers that insist on a
/// certificate of the client. Bounded: what was not heard of for longest goes first, and all is forgotten after a day.
/// One for all event loops, safe from any thread.
class TlsMemory {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr auto kLifetime = std::chrono::hours(24);
  static constexpr std::uint32_t kTooOften = 3;  // rejections after which a client will not change its mind

  explicit TlsMemory(std::size_t most = 10000) : most_(most) {}

  /// The client rejected our certificate once more; how often it has by now. `server`: the name that it asked for, or the
  /// address.
  std::uint32_t rejected(const std::string& client, const std::string& server, Clock::time_point now);
  /// Did it take a certificate? Then what was before counts no more.
  void accepted(const std::string& client, const std::string& server);
  bool rejects(const std::string& client, const std::string& server, Clock::time_point now) const;

  void insists_on_client_certificate(const std::string& server, Clock::time_point now);
  bool wants_client_certificate(const std::string& server, Clock::time_point now) const;

  std::size_t size() const;

 private:
  using Key = std::pair<std::string, std::string>;  // client, or nothing; server
  struct Entry {
    Key key;
    std::uint32_t count;
    Clock::time_point last;
  };
  using Order = std::list<Entry>;

  std::uint32_t count(Key key, Clock::time_point now);
  std::uint32_t look(const Key& key, Clock::time_point now) const;

  mutable std::mutex mutex_;
  std::size_t most_;
  Order order_;  // newest first
  std::map<Key, Order::iterator> entries_;
};

}  // namespace p3scan::session
