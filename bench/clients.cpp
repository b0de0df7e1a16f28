// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "clients.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace p3scan::bench {
namespace {

class Pop3Client final : public Client {
 public:
  Pop3Client(Loop& loop, const Work& work)
      : Client(loop, work.port, work.options), octets_(work.octets), retr_(fmt::format("RETR {}\r\n", work.number)) {}

  Task<> login() override {
    co_await socket_.connected();
    co_await expect("+OK");
    co_await ask("USER load\r\n", "+OK");
    co_await ask("PASS load\r\n", "+OK");
    co_await ask("STAT\r\n", "+OK");
  }
  Task<> move_mail() override {
    co_await ask(retr_, "+OK");
    co_await swallow_mail(socket_, octets_);
  }
  Task<> quit() override { return ask("QUIT\r\n", "+OK"); }

 private:
  std::uint64_t octets_;
  std::string retr_;
};

class SmtpClient final : public Client {
 public:
  SmtpClient(Loop& loop, const Work& work)
      : Client(loop, work.port, work.options),
        mail_(*work.mail),
        from_(fmt::format("MAIL FROM:<load@bench.example> SIZE={}\r\n", work.octets)) {}

  Task<> login() override {
    co_await socket_.connected();
    co_await expect("220");
    co_await ask("EHLO load.bench.example\r\n", "250");
  }
  Task<> move_mail() override {
    co_await ask(from_, "250");
    co_await ask("RCPT TO:<sink@bench.example>\r\n", "250");
    co_await ask("DATA\r\n", "354");
    co_await mail_.send(socket_);
    co_await expect("250");
  }
  Task<> quit() override { return ask("QUIT\r\n", "221"); }

 private:
  const Prepared& mail_;
  std::string from_;
};

}  // namespace

Task<> Client::expect(std::string_view start) {
  for (bool more = true; more;) {
    const auto line = co_await socket_.line();
    if (!line.starts_with(start)) {
      fmt::print(stderr, "expected {}, got: {}\n", start, line);
      throw Disconnected{};
    }
    more = line.size() > start.size() && line[start.size()] == '-';
  }
}

Task<> Client::ask(std::string_view command, std::string_view start) {
  co_await socket_.write(command);
  co_await expect(start);
}

std::unique_ptr<Client> make_pop3_client(Loop& loop, const Work& work) {
  return std::make_unique<Pop3Client>(loop, work);
}

std::unique_ptr<Client> make_smtp_client(Loop& loop, const Work& work) {
  return std::make_unique<SmtpClient>(loop, work);
}

MakeClient client_for(std::string_view protocol) {
  if (protocol == "pop3") return make_pop3_client;
  if (protocol == "smtp") return make_smtp_client;
  throw std::invalid_argument(fmt::format("{}: neither pop3 nor smtp", protocol));
}

}  // namespace p3scan::bench
