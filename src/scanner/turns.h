// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>

#include "base/asio/asio.h"

namespace p3scan {

/// Lets so many messages at once to an engine; more wait, and it does not matter for how long: their deadline is the
/// caller's. For one event loop.
class Turns {
 public:
  Turns(const asio::any_io_executor& executor, std::size_t most)
      : most_(most), waiting_(executor, asio::steady_timer::time_point::max()) {}

  /// Gives the turn back at its end.
  class Turn {
   public:
    explicit Turn(Turns& turns) : turns_(turns) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    Turn(Turn&&) = delete;
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      --turns_.running_;
      turns_.waiting_.cancel_one();
    }

   private:
    Turns& turns_;
  };

  /// Waits for a turn, which a Turn must be made of at once. Throws operation_aborted when cancelled.
  asio::awaitable<void> take();

  /// From now on. Who has a turn keeps it.
  void set_most(std::size_t most) { most_ = most; }

 private:
  std::size_t most_;
  std::size_t running_ = 0;
  asio::steady_timer waiting_;  // never expires; cancel_one() lets the next one in
};

}  // namespace p3scan
