// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/smtp.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/asio/asio.h"
#include "net/connect.h"
#include "notify/address.h"
#include "proto/dot.h"
#include "proto/smtp/reply.h"

namespace p3scan::notify {
namespace {

using namespace asio::experimental::awaitable_operators;
using Result = Delivery::Result;

constexpr std::uint16_t kPort = 25;
constexpr std::size_t kMaxHost = 255;
constexpr std::size_t kMaxReply = 16UL * 1024;
constexpr std::size_t kMaxShown = 200;
constexpr auto kFarewell = std::chrono::seconds(2);

/// A reply, and what it means for the letter.
struct Answer {
  unsigned code = 0;  // 0: there was none
  std::string text;
  bool is(unsigned kind) const { return code / 100 == kind; }
  Delivery failure(std::string_view what) const {
    return {.result = is(5) ? Result::never : Result::later, .why = fmt::format("{}: {}", what, text)};
  }
};

std::string shown(std::string_view reply) {
  std::string text(ascii::trim(reply.substr(0, kMaxShown)));
  std::ranges::replace_if(text, [](char c) { return ascii::is_control(c); }, ' ');
  return text;
}

std::string stuffed(std::string_view message) {
  std::vector<std::string_view> pieces;
  proto::DotWriter writer;
  writer.write(message, pieces);
  std::string wire;
  wire.reserve(message.size() + 64);
  for (const auto piece : pieces) wire += piece;
  return wire.append(writer.terminator());
}

bool offers(std::string_view reply, std::string_view keyword) {
  while (!reply.empty()) {
    auto line = reply.substr(0, reply.find('\n'));
    reply.remove_prefix(std::min(reply.size(), line.size() + 1));
    line.remove_prefix(std::min<std::size_t>(line.size(), 4));
    if (ascii::equal_nocase(ascii::trim(line), keyword)) return true;
  }
  return false;
}

class Client {
 public:
  Client(const SmtpServer& server, net::Socket socket) : server_(server), socket_(std::move(socket)) {}

  asio::awaitable<Delivery> run(Letter& letter) {
    const auto greeting = co_await reply();
    if (!greeting.is(2)) co_return greeting.failure("greeting");
    auto hello = co_await ask("EHLO " + server_.greeting);
    if (hello.is(5)) hello = co_await ask("HELO " + server_.greeting);
    if (!hello.is(2)) co_return hello.failure("EHLO");
    const auto delivery = co_await transaction(letter, offers(hello.text, "8BITMIME"));
    co_await farewell();
    co_return delivery;
  }

 private:
  asio::awaitable<Delivery> transaction(Letter& letter, bool eight_bit) {
    const auto from = qualified(server_.from, server_.greeting);
    const auto mail = co_await ask(fmt::format("MAIL FROM:<{}>{}", from, eight_bit ? " BODY=8BITMIME" : ""));
    if (!mail.is(2)) co_return mail.failure("MAIL");
    auto refused = co_await recipients(letter);
    if (taken_.empty()) co_return refused;
    const auto data = co_await ask("DATA");
    if (!data.is(3)) co_return data.failure("DATA");
    const auto id = fmt::format("Message-ID: <p3scan.{:x}.{:x}@{}>\r\n", ::getpid(),
                                std::chrono::system_clock::now().time_since_epoch().count(), server_.greeting);
    const auto done = co_await tell(stuffed(id + letter.message));
    if (!done.is(2)) co_return done.failure("end of data");
    for (const auto& address : taken_) std::erase(letter.to, address);
    co_return letter.to.empty() && refused.result != Result::never ? Delivery{} : refused;
  }

  /// Those whom the server takes; what it says of the others. Who is refused for good is taken off the letter.
  asio::awaitable<Delivery> recipients(Letter& letter) {
    Delivery worst;
    const auto all = letter.to;
    for (const auto& address : all) {
      const auto answer = co_await ask(fmt::format("RCPT TO:<{}>", qualified(address, server_.greeting)));
      if (answer.is(2)) {
        taken_.push_back(address);
        continue;
      }
      const auto failure = answer.failure("RCPT " + address);
      if (failure.result == Result::never) std::erase(letter.to, address);
      if (worst.result != Result::later) worst = failure;
      if (answer.code == 0) break;  // the connection is gone
    }
    co_return worst;
  }

  asio::awaitable<Answer> ask(std::string line) { co_return co_await tell(std::move(line) + "\r\n"); }

  asio::awaitable<Answer> tell(std::string octets) {
    // Something said before it was asked would be taken for the answer.
    if (!held_.empty()) co_return Answer{.code = 0, .text = "the server spoke unasked"};
    asio::steady_timer timer(socket_.get_executor(), server_.step);
    const auto first =
        co_await (asio::async_write(socket_, asio::buffer(octets), kNothrow) || timer.async_wait(kNothrow));
    if (first.index() == 1) co_return Answer{.code = 0, .text = "the server takes nothing"};
    if (const auto& [ec, n] = std::get<0>(first); ec) co_return Answer{.code = 0, .text = ec.message()};
    co_return co_await reply();
  }

  asio::awaitable<Answer> reply() {
    asio::steady_timer timer(socket_.get_executor(), server_.step);
    const auto first = co_await (read_reply() || timer.async_wait(kNothrow));
    if (first.index() == 1) co_return Answer{.code = 0, .text = "no reply"};
    co_return std::get<0>(first);
  }

  asio::awaitable<Answer> read_reply() {
    proto::smtp::ReplyParser parser(kMaxReply);
    for (;;) {
      std::string_view view = held_;
      const auto got = parser.next(view);
      if (!got) co_return Answer{.code = 0, .text = "not a reply: " + shown(held_)};
      if (*got) {
        const Answer answer{.code = (*got)->code, .text = std::string((*got)->text)};
        held_.erase(0, held_.size() - view.size());
        co_return Answer{.code = answer.code, .text = answer.is(2) ? answer.text : shown(answer.text)};
      }
      held_.erase(0, held_.size() - view.size());
      std::array<char, 1024> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
      const auto [ec, n] = co_await socket_.async_read_some(asio::buffer(piece), kNothrow);
      if (ec) co_return Answer{.code = 0, .text = "connection lost: " + ec.message()};
      held_.append(piece.data(), n);
    }
  }

  /// Good manners, without waiting long for an answer.
  asio::awaitable<void> farewell() {
    asio::steady_timer timer(socket_.get_executor(), kFarewell);
    co_await (ask("QUIT") || timer.async_wait(asio::use_awaitable));
  }

  const SmtpServer& server_;
  net::Socket socket_;
  std::string held_;  // read, not used yet
  std::vector<std::string> taken_;
};

asio::awaitable<Delivery> attempt(const SmtpServer& server, Letter& letter) {
  std::string why = "no address";
  const auto endpoints = co_await net::resolve(server.host, server.port, server.step);
  for (const auto& endpoint : endpoints) {
    auto socket = co_await net::connect(endpoint, server.step);
    if (!socket) {
      why = socket.error().message();
      continue;
    }
    Client client(server, std::move(*socket));
    co_return co_await client.run(letter);
  }
  co_return Delivery{.result = Result::later, .why = std::move(why)};
}

}  // namespace

p3scan::Result<SmtpServer, std::string> parse_server(std::string_view text) {
  const auto wrong = [text] {
    return fail(fmt::format("{}: a mail server is given as host:port or [address]:port", text));
  };
  SmtpServer server;
  auto rest = text;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return wrong();
    server.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    server.host = rest.substr(0, rest.find(':'));
    rest.remove_prefix(server.host.size());
  }
  server.port = kPort;
  if (!rest.empty()) {
    const auto port = rest.front() == ':' ? ascii::number<std::uint16_t>(rest.substr(1)) : std::nullopt;
    if (!port || *port == 0) return wrong();
    server.port = *port;
  }
  const bool blank =
      std::ranges::any_of(server.host, [](char c) { return ascii::is_space(c) || ascii::is_control(c); });
  if (server.host.empty() || server.host.size() > kMaxHost || blank) return wrong();
  return server;
}

asio::awaitable<Delivery> send_by_smtp(const SmtpServer& server, Letter& letter) {
  asio::steady_timer timer(co_await asio::this_coro::executor, server.whole);
  auto first = co_await (attempt(server, letter) || timer.async_wait(asio::use_awaitable));
  if (auto* const delivery = std::get_if<Delivery>(&first)) co_return std::move(*delivery);
  co_return Delivery{.result = Result::later, .why = "took too long"};
}

}  // namespace p3scan::notify
