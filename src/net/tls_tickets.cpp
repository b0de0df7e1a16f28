// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/tls_tickets.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>

namespace p3scan::net {
namespace {

constexpr int kIv = 16;  // octets, of AES

// NOLINTNEXTLINE(readability-function-size): the signature is OpenSSL's
int on_ticket(SSL* session, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
              int sealing) {
  auto& keys = *static_cast<TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), 0));
  const TicketKeys::Name named(name, TicketKeys::Name::extent);
  return sealing != 0 ? keys.seal(named, iv, cipher, mac) : keys.open(named, iv, cipher, mac);
}

template <class T>
void wipe(std::optional<T>& key) {
  if (key) OPENSSL_cleanse(&*key, sizeof *key);
  key.reset();
}

}  // namespace

TicketKeys::~TicketKeys() {
  wipe(current_);
  wipe(previous_);
}

void TicketKeys::serve(ssl_ctx_st* context) {
  SSL_CTX_set_ex_data(context, 0, this);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
}

std::optional<TicketKeys::Key> TicketKeys::make_key() {
  Key key{.name = {}, .cipher = {}, .mac = {}, .made = Clock::now()};
  const bool made = RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1 &&
                    RAND_priv_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) == 1 &&
                    RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1;
  return made ? std::optional(key) : std::nullopt;
}

void TicketKeys::rotate() {
  const std::lock_guard lock(mutex_);
  wipe(previous_);
  previous_ = current_;
  current_ = make_key();
}

/// A key that nothing was sealed with for long is not the one before any more.
void TicketKeys::age(Clock::time_point now) {
  if (current_ && now - current_->made <= kLife) return;
  wipe(previous_);
  if (current_ && now - current_->made <= 2 * kLife) previous_ = current_;
  wipe(current_);
  current_ = make_key();
}

bool TicketKeys::set_mac(const Key& key, evp_mac_ctx_st* mac) {
  auto octets = key.mac;
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 3> settings{
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, octets.data(), octets.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
  const bool set = EVP_MAC_CTX_set_params(mac, settings.data()) == 1;
  OPENSSL_cleanse(octets.data(), octets.size());
  return set;
}

int TicketKeys::seal(Name name, unsigned char* iv, evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac) {
  const std::lock_guard lock(mutex_);
  age(Clock::now());
  if (!current_ || RAND_bytes(iv, kIv) != 1) return -1;
  std::ranges::copy(current_->name, name.begin());
  const bool set = EVP_EncryptInit_ex2(cipher, EVP_aes_256_cbc(), current_->cipher.data(), iv, nullptr) == 1 &&
                   set_mac(*current_, mac);
  return set ? 1 : -1;
}

int TicketKeys::open(Name name, const unsigned char* iv, evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac) {
  const std::lock_guard lock(mutex_);
  age(Clock::now());
  const auto is_it = [&](const std::optional<Key>& key) { return key && std::ranges::equal(key->name, name); };
  const bool fresh = is_it(current_);
  if (!fresh && !is_it(previous_)) return 0;
  const auto& key = fresh ? *current_ : *previous_;
  const bool set =
      EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), key.cipher.data(), iv, nullptr) == 1 && set_mac(key, mac);
  if (!set) return -1;
  return fresh ? 1 : 2;
}

}  // namespace p3scan::net
