// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/asio/asio.h"
#include "base/result.h"
#include "scan/clamd_reply.h"
#include "scanner/clamd_target.h"
#include "scanner/remote_host.h"
#include "spool/message.h"

namespace p3scan {

/// The same octets twice: as they are, and behind header lines that make clamd read them as a mail (scan/mail_magic.h).
enum class Look { as_is, as_mail };

/// What came of one message on one connection.
struct ClamdAnswer {
  std::optional<scan::Verdict> verdict;  // none: the connection broke, or the message was abandoned
  bool keep = false;                     // the connection is good for the next message
  bool heard = false;                    // some octets of a reply came
};

/// One connection to clamd, a session (IDSESSION) with one message at a time. Destroying it closes it, also in the
/// middle of a message.
class ClamdConnection {
 public:
  using Socket = asio::generic::stream_protocol::socket;

  explicit ClamdConnection(Socket socket) : socket_(std::move(socket)) {}

  static asio::awaitable<Result<std::unique_ptr<ClamdConnection>, std::string>> open(const ClamdTarget& target,
                                                                                     HostAddresses& addresses,
                                                                                     std::chrono::seconds limit);

  /// False if the other side closed it or said something unasked.
  bool is_quiet() { return p3scan::is_quiet(socket_.native_handle()); }

  /// Sends the message from its first octet, while it grows if need be, and reads the reply. clamd may answer before
  /// the end. Cancelled or broken: no verdict.
  asio::awaitable<ClamdAnswer> scan(Message& message, Look look);

  /// The reply to a command like "zPING", without its terminator; only on a new connection, which is then used up.
  asio::awaitable<std::optional<std::string>> ask(std::string_view command, std::chrono::milliseconds limit);

 private:
  asio::awaitable<ClamdAnswer> send_whole(Message& message, Look look);
  asio::awaitable<ClamdAnswer> send_along(Message& message, Look look);
  asio::awaitable<void> stream(Message& message, Look look);
  asio::awaitable<bool> read_reply();
  ClamdAnswer answer(bool complete) const;
  std::string command();
  std::string_view reply() const { return {reply_.data(), replied_}; }

  Socket socket_;
  std::uint32_t id_ = 0;  // of the last command
  std::array<char, scan::kClamdReplyMax> reply_{};
  std::size_t replied_ = 0;
  bool sent_ = false;  // the whole message went out
};

}  // namespace p3scan
