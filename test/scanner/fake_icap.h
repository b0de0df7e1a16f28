// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/asio/asio.h"

namespace p3scan::test {

/// An ICAP service on a port of the loopback address that reads requests as RFC 3507 has them and answers by script.
class FakeIcap {
 public:
  using Socket = asio::ip::tcp::socket;

  explicit FakeIcap(asio::io_context& io)
      : acceptor_(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    asio::co_spawn(io, accept(), asio::detached);
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string target() const { return "icap://127.0.0.1:" + std::to_string(port()) + "/av"; }
  void stop() { acceptor_.close(); }

  std::string options = "Methods: RESPMOD\r\nPreview: 10\r\nMax-Connections: 100\r\n";
  std::string options_status = "200 OK";
  /// Gets the message, returns the reply.
  std::function<std::string(const std::string&)> judge = [](const std::string& bytes) {
    return bytes.find("EICAR") == std::string::npos ? no_content() : found("Eicar");
  };
  std::function<std::string(const std::string&)> judge_preview;  // returns a final reply, or nothing to see the rest
  std::optional<std::string> early;                              // said in the middle of a message
  std::size_t piece = 1 << 20;                                   // octets of a reply in one write
  bool hangs_up = false;                                         // after each reply
  int breaks = 0;                                                // so many connections end before the reply
  bool hangs = false;                                            // no reply
  std::vector<std::string> messages;                             // whole ones
  std::vector<std::string> previews;
  std::vector<std::string> heads;  // of RESPMOD
  int asked_options = 0;
  int connections = 0;
  int closed = 0;
  int now = 0;
  int most_at_once = 0;

  static std::string no_content() { return "ICAP/1.0 204 No Content\r\nISTag: \"x\"\r\n\r\n"; }
  static std::string modified(const std::string& fields, const std::string& http_status, const std::string& body) {
    const auto http = "HTTP/1.1 " + http_status + "\r\nContent-Type: text/html\r\n\r\n";
    return "ICAP/1.0 200 OK\r\n" + fields + "Encapsulated: res-hdr=0, res-body=" + std::to_string(http.size()) +
           "\r\n\r\n" + http + "5\r\nhello\r\n" + (body.empty() ? "" : chunk(body)) + "0\r\n\r\n";
  }
  static std::string found(const std::string& name) {
    return modified("X-Infection-Found: Type=0; Resolution=2; Threat=" + name + ";\r\n", "403 Forbidden", "");
  }

 private:
  using Io = asio::awaitable<void>;

  struct Session {
    Socket socket;
    std::string in;
  };

  static std::string chunk(const std::string& bytes) { return fmt_hex(bytes.size()) + "\r\n" + bytes + "\r\n"; }
  static std::string fmt_hex(std::size_t value) {
    std::string out;
    do out.insert(out.begin(), "0123456789abcdef"[value % 16]);
    while ((value /= 16) != 0);
    return out;
  }

  Io accept() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(kNothrow);
      if (ec) co_return;
      ++connections;
      asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
    }
  }

  Io serve(Socket socket) {
    Session s{std::move(socket), {}};
    try {
      for (;;) co_await answer(s);
    } catch (const boost::system::system_error&) {}
    ++closed;
  }

  Io answer(Session& s) {
    const auto head = co_await until(s, "\r\n\r\n");
    if (head.starts_with("OPTIONS ")) {
      ++asked_options;
      co_await say(s, "ICAP/1.0 " + options_status + "\r\n" + options + "\r\n");
    } else {
      heads.push_back(head);
      most_at_once = std::max(most_at_once, ++now);
      try {
        co_await respmod(s, head);
      } catch (...) {
        --now;
        throw;
      }
      --now;
    }
    if (hangs_up) throw boost::system::system_error(asio::error::eof);
  }

  Io respmod(Session& s, const std::string& head) {
    co_await until(s, "\r\n\r\n");  // of the request in it
    co_await until(s, "\r\n\r\n");  // and of the answer
    std::string bytes;
    const bool preview = head.find("\r\nPreview: ") != std::string::npos;
    if (preview) {
      const bool all = co_await chunks(s, bytes);
      previews.push_back(bytes);
      const auto reply = judge_preview ? judge_preview(bytes) : std::string();
      if (!reply.empty()) co_return co_await say(s, reply);
      if (!all) {
        co_await say(s, "ICAP/1.0 100 Continue\r\n\r\n");
        co_await chunks(s, bytes);
      }
    } else {
      co_await chunks(s, bytes);
    }
    messages.push_back(bytes);
    if (breaks-- > 0) throw boost::system::system_error(asio::error::eof);
    if (hangs) co_await more(s);
    co_await say(s, judge(bytes));
  }

  /// True: the last chunk says that this is all.
  asio::awaitable<bool> chunks(Session& s, std::string& bytes) {
    for (;;) {
      const auto line = co_await until(s, "\r\n");
      const auto size = std::stoul(line, nullptr, 16);
      if (size == 0) {
        co_await until(s, "\r\n");
        co_return line.find("ieof") != std::string::npos;
      }
      if (early) {
        co_await say(s, *early);
        throw boost::system::system_error(asio::error::eof);
      }
      while (s.in.size() < size + 2) co_await more(s);
      bytes += s.in.substr(0, size);
      s.in.erase(0, size + 2);
    }
  }

  static asio::awaitable<std::string> until(Session& s, std::string_view end) {
    std::size_t at = 0;
    while ((at = s.in.find(end)) == std::string::npos) co_await more(s);
    auto text = s.in.substr(0, at + end.size());
    s.in.erase(0, text.size());
    co_return text;
  }

  static Io more(Session& s) {
    const auto before = s.in.size();
    s.in.resize(before + 65536);
    const auto [ec, n] = co_await s.socket.async_read_some(asio::buffer(s.in) + before, kNothrow);
    s.in.resize(before + n);
    if (ec) throw boost::system::system_error(ec);
  }

  Io say(Session& s, std::string text) const {
    for (std::size_t at = 0; at < text.size(); at += piece) {
      const auto part = text.substr(at, piece);
      co_await asio::async_write(s.socket, asio::buffer(part), asio::use_awaitable);
    }
  }

  asio::ip::tcp::acceptor acceptor_;
};

}  // namespace p3scan::test
