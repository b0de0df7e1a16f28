// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

#include "loop.h"
#include "mail.h"
#include "socket.h"
#include "task.h"

namespace p3scan::bench {

/// One mail session from the side of the mail program. Every member throws Disconnected when the server goes away
/// or says anything but yes.
class Client {
 public:
  Client(Loop& loop, std::uint16_t port, SocketOptions options) : socket_(loop, connect_tcp(port), options) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client(Client&&) = delete;
  Client& operator=(Client&&) = delete;
  virtual ~Client() = default;

  virtual Task<> login() = 0;      // up to where mails can be moved
  virtual Task<> move_mail() = 0;  // one mail
  virtual Task<> quit() = 0;

 protected:
  Task<> expect(std::string_view start);  // one reply, all of its lines
  Task<> ask(std::string_view command, std::string_view start);

  Socket socket_;
};

/// What a session does.
struct Work {
  std::uint16_t port;
  std::uint64_t octets;  // of a mail, as make_mail() makes it
  std::uint64_t number;  // of that mail in the mailbox
  const Prepared* mail;  // what SMTP sends, with the terminator
  SocketOptions options;
};

using MakeClient = std::unique_ptr<Client> (*)(Loop&, const Work&);
std::unique_ptr<Client> make_pop3_client(Loop& loop, const Work& work);
std::unique_ptr<Client> make_smtp_client(Loop& loop, const Work& work);
/// By "pop3" or "smtp". Throws std::invalid_argument.
MakeClient client_for(std::string_view protocol);

}  // namespace p3scan::bench
