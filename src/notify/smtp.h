// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "notify/letter.h"

namespace p3scan::notify {

/// The server that takes our own mail.
struct SmtpServer {
  std::string host;  // name or address; empty: none
  std::uint16_t port = 25;
  std::string greeting;             // what we call ourselves in EHLO; also the domain of addresses without one
  std::string from;                 // envelope sender, is_safe_address()
  std::chrono::seconds step{60};    // longest wait for a connection and for each reply
  std::chrono::seconds whole{300};  // longest for everything
};

/// "host", "host:port", "[v6]:port".
Result<SmtpServer, std::string> parse_server(std::string_view text);

/// One try over one connection (RFC 5321): EHLO or HELO, MAIL, RCPT for each, DATA, QUIT. Every reply is waited for and
/// checked. Recipients that the server took or refused for good are removed from the letter.
boost::asio::awaitable<Delivery> send_by_smtp(const SmtpServer& server, Letter& letter);

}  // namespace p3scan::notify
