// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/asio/asio.h"
#include "base/result.h"
#include "net/connect.h"
#include "scan/icap_reply.h"
#include "scanner/remote_host.h"
#include "spool/message.h"

namespace p3scan {

/// What came of one message on one connection.
struct IcapAnswer {
  std::optional<scan::Verdict> verdict;  // none: the connection broke
  bool keep = false;                     // the connection is good for the next message
  bool heard = false;                    // some octets of a reply came
};

/// One connection to an ICAP server, with one request at a time. Destroying it closes it, also in the middle of a request.
class IcapConnection {
 public:
  explicit IcapConnection(net::Socket socket) : socket_(std::move(socket)) {}

  /// False if the other side closed it or said something unasked.
  bool is_quiet() { return p3scan::is_quiet(socket_.native_handle()); }

  /// The error is for the log.
  asio::awaitable<Result<scan::IcapOptions, std::string>> options(const scan::IcapTarget& target);
  /// Whether the connection may go on after options().
  bool may_go_on() const { return keep_; }

  /// Asks about a complete message, by RESPMOD (RFC 3507, 4.9): first its beginning, if the service wants to see that, then
  /// the rest, if the service still wants it. The service may answer before the end.
  asio::awaitable<IcapAnswer> scan(const scan::IcapTarget& target, std::optional<std::size_t> preview,
                                   Message& message);

 private:
  struct Reply {
    scan::IcapHead head;
    int http_status = 0;
  };
  using Read = Result<Reply, std::string>;

  asio::awaitable<bool> more();
  asio::awaitable<Result<scan::IcapHead, std::string>> read_head();
  asio::awaitable<Read> read_final(scan::IcapHead head);
  asio::awaitable<bool> skip_body();
  asio::awaitable<bool> send_preview(std::string head, std::size_t preview, Message& message);
  asio::awaitable<void> send_rest(std::string front, std::uint64_t offset, Message& message);
  asio::awaitable<Result<scan::IcapHead, std::string>> read_while_sending(std::string front, std::uint64_t offset,
                                                                          Message& message);
  asio::awaitable<IcapAnswer> finish(Result<scan::IcapHead, std::string> head);
  IcapAnswer broken(std::string why) const;

  net::Socket socket_;
  std::string in_;      // octets that came and are not used yet
  bool heard_ = false;  // since the request
  bool sent_ = false;   // the whole request went out
  bool keep_ = false;   // the reply is read to its end, and another request may follow
};

}  // namespace p3scan
