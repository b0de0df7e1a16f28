// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/asio/asio.h"

namespace p3scan::test {

/// A clamd that speaks IDSESSION and INSTREAM on a port of the loopback address and answers by script.
class FakeClamd {
 public:
  using Socket = asio::ip::tcp::socket;
  /// Gets the octets of the stream, returns the reply without number and terminator.
  using Judge = std::function<std::string(const std::string&)>;

  /// Where a connection breaks off.
  enum class Break {
    never,
    accepted,
    session,
    command,
    length,
    data,
    end,
    half_reply,
    after_reply,
    early,
    early_clean,
    hang
  };

  explicit FakeClamd(asio::io_context& io)
      : acceptor_(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    asio::co_spawn(io, accept(), asio::detached);
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string target() const { return "127.0.0.1:" + std::to_string(port()); }
  void stop() { acceptor_.close(); }

  Judge judge = [](const std::string& bytes) {
    return bytes.find("EICAR") == std::string::npos ? std::string("stream: OK") : std::string("stream: Eicar FOUND");
  };
  Break where = Break::never;
  int broken = 1 << 30;  // connections that break; later ones work
  bool numbered = true;
  std::size_t reply_step = 1 << 20;  // octets of a reply in one write
  std::vector<std::string> streams;  // what was received, whole
  int connections = 0;
  int closed = 0;
  int pings = 0;

 private:
  using Io = asio::awaitable<void>;

  Io accept() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(kNothrow);
      if (ec) co_return;
      ++connections;
      const auto fault = connections <= broken ? where : Break::never;
      asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket), fault), asio::detached);
    }
  }

  struct Session {
    Socket socket;
    Break fault;
    std::string in;
    bool in_session = false;
    unsigned id = 0;
  };

  Io serve(Socket socket, Break fault) {
    Session s{std::move(socket), fault, {}, false, 0};
    try {
      if (fault != Break::accepted) co_await talk(s);
    } catch (const boost::system::system_error&) {}
    ++closed;
  }

  Io talk(Session& s) {
    for (;;) {
      const auto command = co_await word(s);
      if (command == "zPING") co_return co_await say(s, std::string("PONG") + '\0');
      if (command == "zVERSION") co_return co_await say(s, std::string("ClamAV fake") + '\0');
      if (command == "zIDSESSION") {
        s.in_session = true;
        if (s.fault == Break::session) co_return;
        continue;
      }
      if (command != "zINSTREAM" || !s.in_session || s.fault == Break::command) co_return;
      const auto bytes = co_await stream(s);
      if (s.fault == Break::end) co_return;
      streams.push_back(bytes);
      if (s.fault == Break::hang) co_await more(s);
      co_await reply(s, judge(bytes));
      if (s.fault == Break::half_reply || s.fault == Break::after_reply) co_return;
    }
  }

  Io reply(Session& s, std::string text) {
    if (numbered) text = std::to_string(++s.id) + ": " + text;
    text += '\0';
    if (s.fault == Break::half_reply) text.resize(text.size() / 2);
    for (std::size_t at = 0; at < text.size(); at += reply_step) co_await say(s, text.substr(at, reply_step));
  }

  asio::awaitable<std::string> stream(Session& s) {
    std::string bytes;
    for (;;) {
      std::size_t length = 0;
      for (const char c : co_await take(s, 4)) length = length << 8U | static_cast<unsigned char>(c);
      if (length == 0) co_return bytes;
      if (s.fault == Break::length) throw boost::system::system_error(asio::error::eof);
      if (s.fault == Break::early_clean) co_await say(s, std::string("1: stream: OK") + '\0');
      if (s.fault == Break::early) {
        co_await say(s, std::string("INSTREAM size limit exceeded. ERROR") + '\0');
        throw boost::system::system_error(asio::error::eof);
      }
      bytes += co_await take(s, length);
      if (s.fault == Break::data) throw boost::system::system_error(asio::error::eof);
    }
  }

  static asio::awaitable<std::string> word(Session& s) {
    std::size_t end = 0;
    while ((end = s.in.find('\0')) == std::string::npos) co_await more(s);
    auto text = s.in.substr(0, end);
    s.in.erase(0, end + 1);
    co_return text;
  }

  static asio::awaitable<std::string> take(Session& s, std::size_t n) {
    while (s.in.size() < n) co_await more(s);
    auto bytes = s.in.substr(0, n);
    s.in.erase(0, n);
    co_return bytes;
  }

  static Io more(Session& s) {
    const auto before = s.in.size();
    s.in.resize(before + 65536);
    const auto n = co_await s.socket.async_read_some(asio::buffer(s.in) + before, asio::use_awaitable);
    s.in.resize(before + n);
  }

  static Io say(Session& s, std::string text) {
    co_await asio::async_write(s.socket, asio::buffer(text), asio::use_awaitable);
  }

  asio::ip::tcp::acceptor acceptor_;
};

}  // namespace p3scan::test
