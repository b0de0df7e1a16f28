// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "scan/icap_target.h"
#include "scanner/icap_connection.h"
#include "scanner/scanner.h"

namespace p3scan {

struct IcapSettings {
  std::vector<scan::IcapTarget> targets;  // the first one is asked; others if it fails
  std::size_t event_loops = 1;            // share what the service allows us
  std::chrono::seconds connect{5};        // to reach a target, each address
  std::chrono::seconds avoid{10};         // a target that failed, while others work
};

/// The icap engine: RESPMOD (RFC 3507) with connections that are kept, for one event loop. What the service wants
/// (Preview, Max-Connections) is learned by OPTIONS and again when that is no longer fresh. The deadline is the caller's.
// NOLINTNEXTLINE(cppcoreguidelines-special-member-functions): the base forbids copies and moves
class IcapScanner final : public Scanner {
 public:
  IcapScanner(const asio::any_io_executor& executor, IcapSettings settings);
  ~IcapScanner() override;

  std::string_view name() const override { return "icap"; }
  boost::asio::awaitable<scan::Verdict> scan(Message& message, const scan::MailFacts& facts) override;

 private:
  struct Service;
  using Connection = std::unique_ptr<IcapConnection>;

  std::vector<Service*> by_preference();
  boost::asio::awaitable<scan::Verdict> ask(Service& service, Message& message);
  boost::asio::awaitable<Result<void, std::string>> learn(Service& service);
  boost::asio::awaitable<Result<Connection, std::string>> open(Service& service) const;
  static boost::asio::awaitable<IcapAnswer> use(Service& service, Connection connection, Message& message);

  IcapSettings settings_;
  std::vector<std::unique_ptr<Service>> services_;
};

}  // namespace p3scan
