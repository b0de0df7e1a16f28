// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "scanner/clamd_connection.h"
#include "scanner/scanner.h"

namespace p3scan {

struct ClamdTimes {
  std::chrono::seconds connect{5};       // to reach a target, each address
  std::chrono::milliseconds ping{2000};  // a target that failed must answer within this
  std::chrono::seconds avoid{10};        // a target that failed, while others work; doubles up to 8 times that
  std::chrono::seconds suspicious{10};   // a scan cut off after this long makes its target suspect
};

/// The clamd engine: a pool of connections to one or more clamds, for one event loop. The target with the least to do
/// gets the message; if it fails, the message goes to the next one, from its first octet. The deadline is the caller's.
// NOLINTNEXTLINE(cppcoreguidelines-special-member-functions): the base forbids copies and moves
class ClamdScanner final : public Scanner {
 public:
  explicit ClamdScanner(std::vector<ClamdTarget> targets, ClamdTimes times = {});
  ~ClamdScanner() override;

  std::string_view name() const override { return "clamd"; }
  boost::asio::awaitable<scan::Verdict> scan(Message& message, const scan::MailFacts& facts) override;

  /// What a target says to zVERSION, or why it doesn't; for the log at the start.
  static boost::asio::awaitable<Result<std::string, std::string>> version(ClamdTarget target, ClamdTimes times = {});

 private:
  struct Target;
  class Attempt;

  boost::asio::awaitable<scan::Verdict> look(Message& message, Look look);
  boost::asio::awaitable<scan::Verdict> try_all(Message& message, Look look);
  boost::asio::awaitable<scan::Verdict> try_one(Target& target, Message& message, Look look);
  static boost::asio::awaitable<ClamdAnswer> use(Target& target, std::unique_ptr<ClamdConnection> connection,
                                                 Message& message, Look look);
  boost::asio::awaitable<Result<std::unique_ptr<ClamdConnection>, std::string>> open(Target& target);
  std::vector<Target*> by_preference();
  void failed(Target& target) const;

  ClamdTimes times_;
  std::vector<std::unique_ptr<Target>> targets_;
};

}  // namespace p3scan
