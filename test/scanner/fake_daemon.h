// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/local/stream_protocol.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/asio/asio.h"

namespace p3scan::test {

/// A daemon on a unix socket that is asked about paths, as avpd, aveserver, trophie and sophie are.
class FakeDaemon {
 public:
  using Protocol = asio::local::stream_protocol;

  FakeDaemon(asio::io_context& io, const std::string& path, char request_end)
      : acceptor_(io, Protocol::endpoint(path)), request_end_(request_end) {
    asio::co_spawn(io, accept(), asio::detached);
  }

  void stop() { acceptor_.close(); }

  std::string greeting;
  std::chrono::milliseconds greets_after{0};
  std::string reply;                  // to each request
  std::size_t piece = 1 << 20;        // octets of a reply in one write
  bool hangs_up = false;              // after a reply
  bool hangs = false;                 // never replies
  std::vector<std::string> requests;  // without their end
  int connections = 0;
  int closed = 0;

 private:
  using Io = asio::awaitable<void>;

  Io accept() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(kNothrow);
      if (ec) co_return;
      ++connections;
      asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
    }
  }

  Io serve(Protocol::socket socket) {
    try {
      co_await talk(socket);
    } catch (const boost::system::system_error&) {}
    ++closed;
  }

  Io talk(Protocol::socket& socket) {
    if (greets_after.count() != 0) {
      asio::steady_timer timer(acceptor_.get_executor(), greets_after);
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (!greeting.empty()) co_await asio::async_write(socket, asio::buffer(greeting), asio::use_awaitable);
    std::string in;
    for (;;) {
      const auto n =
          co_await asio::async_read_until(socket, asio::dynamic_buffer(in), request_end_, asio::use_awaitable);
      requests.push_back(in.substr(0, n - 1));
      in.erase(0, n);
      if (hangs) continue;
      for (std::size_t at = 0; at < reply.size(); at += piece) {
        const auto part = reply.substr(at, piece);
        co_await asio::async_write(socket, asio::buffer(part), asio::use_awaitable);
      }
      if (hangs_up) co_return;
    }
  }

  Protocol::acceptor acceptor_;
  char request_end_;
};

/// Runs until `work` is done, while servers on the same loop go on; a hang ends the test program by the limit of ctest.
template <class T>
T wait_for(asio::io_context& io, asio::awaitable<T> work) {
  std::optional<T> result;
  asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
    if (error) std::rethrow_exception(error);
    result = std::move(value);
  });
  io.restart();
  while (!result) io.run_one();
  return std::move(*result);
}

}  // namespace p3scan::test
