// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <array>
#include <chrono>
#include <mutex>
#include <optional>
#include <span>

// The types of OpenSSL by their tags, so that its headers stay out of ours.
struct evp_cipher_ctx_st;
struct evp_mac_ctx_st;
struct ssl_ctx_st;

namespace p3scan::net {

/// The keys that a server's tickets are sealed with. A key that stayed for as long as the process would open every
/// recorded session of weeks to whoever reads it once, so each has its time, and those it sealed open for as long again.
/// Safe to use from any thread.
class TicketKeys {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::hours kLife{2};

  TicketKeys() = default;
  ~TicketKeys();
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;
  TicketKeys(TicketKeys&&) = delete;
  TicketKeys& operator=(TicketKeys&&) = delete;

  /// This must outlive the context.
  void serve(ssl_ctx_st* context);
  /// What time does: a new key seals, the one before it only opens, what is older is gone.
  void rotate();

  using Name = std::span<unsigned char, 16>;
  // As OpenSSL wants it (SSL_CTX_set_tlsext_ticket_key_evp_cb(3)): 1 done, 2 done but worth a new ticket, 0 no such key,
  // -1 error.
  int seal(Name name, unsigned char* iv, evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac);
  int open(Name name, const unsigned char* iv, evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac);

 private:
  struct Key {
    std::array<unsigned char, 16> name;
    std::array<unsigned char, 32> cipher;  // AES-256-CBC
    std::array<unsigned char, 32> mac;     // HMAC with SHA-256
    Clock::time_point made;
  };
  void age(Clock::time_point now);
  static std::optional<Key> make_key();
  static bool set_mac(const Key& key, evp_mac_ctx_st* mac);

  std::mutex mutex_;
  std::optional<Key> current_;
  std::optional<Key> previous_;
};

}  // namespace p3scan::net
