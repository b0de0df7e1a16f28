// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "app/ca/page.h"
#include "base/asio/asio.h"
#include "base/result.h"

namespace p3scan::app::ca {

struct ServeLimits {
  std::size_t connections = 32;       // at once; others wait in the backlog
  std::chrono::seconds patience{10};  // for a request and its answer
};

/// Answers GET and HEAD for the documents of page.h, one request per connection, until `io` is stopped. Nothing of a
/// request is used but its method and path.
class Server {
 public:
  Server(asio::io_context& io, CaFacts facts, ServeLimits limits = {});

  /// The error is for the administrator. With port 0 the system chooses one.
  Result<void, std::string> listen(const std::string& address, std::uint16_t port);
  std::uint16_t port() const;
  void start();

 private:
  asio::awaitable<void> accept();
  asio::awaitable<void> answer(asio::ip::tcp::socket socket);
  void done();

  asio::io_context& io_;
  asio::ip::tcp::acceptor acceptor_;
  CaFacts facts_;
  ServeLimits limits_;
  std::size_t connections_ = 0;
  asio::steady_timer place_;  // cancelled when a connection ends
};

}  // namespace p3scan::app::ca
