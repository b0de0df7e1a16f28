// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <functional>
#include <optional>

#include "base/log.h"
#include "base/unique_fd.h"
#include "net/connect.h"
#include "net/event.h"
#include "session/admission.h"

namespace p3scan::session {

/// Takes connections from one listening socket. When there is no place or no descriptor, connections wait in the
/// kernel's backlog; none is dropped.
class Acceptor {
 public:
  /// Called for every connection; must not throw. `place` is empty when the client has too many already.
  using Serve = std::function<void(net::Socket client, std::optional<Admission::Place> place)>;

  Acceptor(const asio::any_io_executor& executor, UniqueFd listener, Admission& admission, const Log& log);

  /// Until stop().
  asio::awaitable<void> run(Serve serve);
  void stop();
  /// A session has ended. On this acceptor's thread.
  void place_free() { place_free_.set(); }

 private:
  asio::awaitable<void> wait_for_descriptors(error_code why);
  asio::awaitable<Admission::Answer> enter(net::Address client);

  asio::any_io_executor executor_;
  asio::ip::tcp::acceptor listener_;
  Admission& admission_;
  Log log_;
  net::Event place_free_;
  bool stopped_ = false;
};

}  // namespace p3scan::session
