// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "net/endpoint.h"

namespace p3scan::session {

/// How many sessions there are, in all and for each client address. One for all event loops, safe from any thread.
class Admission {
 public:
  struct Limits {
    std::uint32_t sessions = 1000;
    std::uint32_t per_client = 100;
  };
  enum class Answer { welcome, full, client_has_too_many };

  /// One running session; gives its place back when it is destroyed.
  class Place {
   public:
    Place(Admission& owner, net::Address client) : owner_(&owner), client_(std::move(client)) {}
    Place(Place&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), client_(std::move(other.client_)) {}
    Place& operator=(Place&&) = delete;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      if (owner_ != nullptr) owner_->leave(client_);
    }

   private:
    Admission* owner_;
    net::Address client_;
  };

  explicit Admission(Limits limits) : limits_(limits) {}

  void set_limits(Limits limits);

  /// With `welcome` the caller makes the Place.
  Answer enter(const net::Address& client);
  std::uint32_t sessions() const;

  /// `wake` is called, from any thread, whenever a session has ended. Register before the first session.
  void on_leave(std::function<void()> wake) { wakers_.push_back(std::move(wake)); }

 private:
  void leave(const net::Address& client);

  mutable std::mutex mutex_;
  Limits limits_;
  std::uint32_t sessions_ = 0;
  std::map<net::Address, std::uint32_t> clients_;
  std::vector<std::function<void()>> wakers_;
};

}  // namespace p3scan::session
