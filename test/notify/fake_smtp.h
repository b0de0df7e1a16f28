// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/asio/asio.h"

namespace p3scan::test {

/// Runs `work` to its end on `io`, whatever else goes on there.
template <class T>
T run_until_done(asio::io_context& io, asio::awaitable<T> work) {
  std::exception_ptr failed;
  std::optional<T> result;
  asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
    failed = std::move(error);
    result = std::move(value);
    io.stop();
  });
  io.restart();
  io.run_for(std::chrono::seconds(30));
  if (failed) std::rethrow_exception(failed);
  return std::move(result).value();
}

/// A server that takes mail on a port of the loopback address and answers as the test wants.
class FakeSmtp {
 public:
  struct Mail {
    std::string from;  // as in MAIL and RCPT
    std::vector<std::string> to;
    std::string data;  // as on the wire, terminator included
  };

  inline static const std::map<std::string, std::string> kUsual = {
      {"", "220 fake\r\n"},   {"EHLO", "250-fake\r\n250-SIZE\r\n250 8BITMIME\r\n"},
      {"DATA", "354 go\r\n"}, {"QUIT", "221 bye\r\n"},
      {"MAIL", "250 ok\r\n"}, {"RCPT", "250 ok\r\n"},
      {"HELO", "250 ok\r\n"}, {".", "250 ok\r\n"}};

  explicit FakeSmtp(asio::io_context& io)
      : acceptor_(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    asio::co_spawn(io, accept(), asio::detached);
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void stop() { acceptor_.close(); }

  /// The answer to a command whose line begins with the key ("" for the greeting, "." for the end of data), with its line
  /// ending; the longest key wins. An empty answer: none, ever. "close": the connection ends.
  std::map<std::string, std::string> answers = kUsual;
  int troubled = 1 << 30;  // connections that `answers` are for; later ones get the usual ones
  std::vector<std::string> lines;
  std::vector<Mail> mails;  // those that were accepted
  int connections = 0;
  std::function<void()> on_mail = [] {};

 private:
  using Socket = asio::ip::tcp::socket;

  asio::awaitable<void> accept() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(kNothrow);
      if (ec) co_return;
      ++connections;
      asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket), connections <= troubled ? answers : kUsual),
                     asio::detached);
    }
  }

  static std::string answer_to(const std::map<std::string, std::string>& script, std::string_view line) {
    std::string best;
    std::string answer = "500 what\r\n";
    for (const auto& [key, text] : script) {
      if (key.empty() || !line.starts_with(key) || key.size() < best.size()) continue;
      best = key;
      answer = text;
    }
    return answer;
  }

  asio::awaitable<void> serve(Socket socket, std::map<std::string, std::string> script) {
    std::string held;
    Mail mail;
    auto answer = script[""];
    for (;;) {
      if (answer == "close") co_return;
      co_await asio::async_write(socket, asio::buffer(answer), kNothrow);
      const bool data = answer.starts_with("354");
      const auto [ec, n] =
          co_await asio::async_read_until(socket, asio::dynamic_buffer(held), data ? "\r\n.\r\n" : "\r\n", kNothrow);
      if (ec) co_return;
      const auto line = held.substr(0, n);
      held.erase(0, n);
      if (data) {
        mail.data = line;
        answer = script["."];
        if (!answer.starts_with("250")) continue;
        mails.push_back(std::exchange(mail, {}));
        on_mail();
        continue;
      }
      lines.push_back(line.substr(0, n - 2));
      answer = answer_to(script, line);
      if (line.starts_with("MAIL")) mail.from = line.substr(0, n - 2);
      if (line.starts_with("RCPT") && answer.starts_with("250")) mail.to.push_back(line.substr(0, n - 2));
    }
  }

  asio::ip::tcp::acceptor acceptor_;
};

}  // namespace p3scan::test
