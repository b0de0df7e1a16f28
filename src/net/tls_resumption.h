// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

// The types of OpenSSL by their tags, so that its headers stay out of ours.
struct ssl_session_st;

namespace p3scan::net {

/// Sessions with servers that can be taken up again (RFC 5077, RFC 8446 2.2), with what their certificates were found to
/// lack. Bounded: the one used least recently goes first. Safe to use from any thread.
class TlsResumption {
 public:
  using Native = std::shared_ptr<ssl_session_st>;
  static constexpr std::size_t kMaxEntries = 512;
  static constexpr std::chrono::minutes kMaxAge{60};  // of the verification, which is then done again
  using Clock = std::chrono::steady_clock;

  struct Entry {
    Native session;    // a copy of its own: a connection that fails spoils its session for others
    std::string flaw;  // empty: none
    Clock::time_point verified;
  };

  /// `key` names the server, by what name it was verified and how.
  void keep(const std::string& key, Entry entry);
  /// None if there is none, it is too old, or its certificate has expired since.
  std::optional<Entry> find(const std::string& key);
  std::size_t size() const;

 private:
  struct Kept {
    std::string key;
    Entry entry;
  };
  using Order = std::list<Kept>;  // used last comes first

  mutable std::mutex mutex_;
  Order order_;
  std::unordered_map<std::string, Order::iterator> places_;
};

}  // namespace p3scan::net
