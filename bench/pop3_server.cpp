// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include <iterator>
#include <numeric>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "servers.h"

namespace p3scan::bench {
namespace {

class Pop3Server {
 public:
  Pop3Server(const Context& context, UniqueFd fd)
      : context_(context), socket_(context.loop, std::move(fd), context.options) {}

  Task<> run() {
    co_await socket_.write("+OK ready\r\n");
    while (!done_) {
      const auto line = co_await socket_.line();
      const auto verb = line.substr(0, line.find(' '));
      if (ascii::equal_nocase(verb, "RETR"))
        co_await retrieve(line.substr(verb.size()));
      else
        co_await socket_.write(answer(verb, line));
    }
  }

 private:
  std::string answer(std::string_view verb, std::string_view line) {
    const auto& sizes = context_.mailbox.sizes;
    if (ascii::equal_nocase(verb, "STAT"))
      return fmt::format("+OK {} {}\r\n", sizes.size(), std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}));
    if (ascii::equal_nocase(verb, "LIST") || ascii::equal_nocase(verb, "UIDL")) return list(line.substr(verb.size()));
    if (ascii::equal_nocase(verb, "CAPA")) return "+OK\r\nUSER\r\nUIDL\r\nTOP\r\nPIPELINING\r\n.\r\n";
    if (ascii::equal_nocase(verb, "QUIT")) done_ = true;
    return "+OK\r\n";
  }

  std::string list(std::string_view argument) const {
    if (const auto* size = mail_size(argument)) return fmt::format("+OK {} {}\r\n", number(argument), *size);
    std::string reply = "+OK\r\n";
    std::size_t count = 0;
    for (const auto size : context_.mailbox.sizes)
      fmt::format_to(std::back_inserter(reply), "{} {}\r\n", ++count, size);
    return reply + ".\r\n";
  }

  Task<> retrieve(std::string_view argument) {
    if (mail_size(argument) == nullptr) {
      co_await socket_.write("-ERR no such mail\r\n");
    } else {
      co_await context_.mailbox.replies[number(argument) - 1].send(socket_);
      context_.counters.sent.fetch_add(1, std::memory_order_relaxed);
    }
  }

  static std::size_t number(std::string_view argument) {
    return ascii::number<std::size_t>(ascii::trim(argument)).value_or(0);
  }
  const std::uint64_t* mail_size(std::string_view argument) const {
    const auto wanted = number(argument);
    return wanted == 0 || wanted > context_.mailbox.sizes.size() ? nullptr : &context_.mailbox.sizes[wanted - 1];
  }

  const Context& context_;
  Socket socket_;
  bool done_ = false;
};

}  // namespace

Mailbox::Mailbox(std::vector<std::uint64_t> octets) : sizes(std::move(octets)) {
  for (auto& size : sizes) {
    const auto mail = make_mail(size);
    size = mail.size();
    replies.emplace_back(fmt::format("+OK {} octets\r\n{}.\r\n", size, mail));
  }
}

Detached serve_pop3(const Context& context, UniqueFd fd) {
  try {
    Pop3Server server(context, std::move(fd));
    co_await server.run();
  } catch (const Disconnected&) {  // a client that is done may just go
  }
}

}  // namespace p3scan::bench
