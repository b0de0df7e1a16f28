// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/asio/asio.h"

namespace p3scan::test {

/// A daemon on a port of the loopback address: reads one request with its Content-length, answers by script, closes.
class FakeSpamServer {
 public:
  explicit FakeSpamServer(asio::io_context& io)
      : acceptor_(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    asio::co_spawn(io, accept(), asio::detached);
  }

  std::string target() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }

  std::function<std::string(const std::string&)> answer;  // gets the whole request
  bool hang = false;                                      // read everything, say nothing
  bool drop = false;                                      // close at once
  std::size_t step = 1 << 20;                             // octets of a reply in one write
  std::vector<std::string> requests;
  int closed = 0;

 private:
  static std::size_t wanted(const std::string& request) {
    const auto end = request.find("\r\n\r\n");
    auto at = request.find("ontent-length: ");
    if (at == std::string::npos) at = request.find("ontent-Length: ");
    if (end == std::string::npos || at == std::string::npos) return std::string::npos;
    return end + 4 + std::stoul(request.substr(at + 15));
  }

  asio::awaitable<void> accept() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(kNothrow);
      if (ec) co_return;
      asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> serve(asio::ip::tcp::socket socket) {
    std::string request;
    std::string piece(65536, '\0');
    while (!drop && request.size() < wanted(request)) {
      const auto [ec, n] = co_await socket.async_read_some(asio::buffer(piece), kNothrow);
      if (ec) break;
      request.append(piece, 0, n);
    }
    if (!drop) requests.push_back(request);
    if (hang) co_await asio::steady_timer(socket.get_executor(), std::chrono::hours(1)).async_wait(kNothrow);
    if (!drop && !hang) {
      const auto reply = answer(request);
      for (std::size_t at = 0; at < reply.size(); at += step)
        co_await asio::async_write(socket, asio::buffer(reply.substr(at, step)), kNothrow);
    }
    ++closed;
  }

  asio::ip::tcp::acceptor acceptor_;
};

}  // namespace p3scan::test
