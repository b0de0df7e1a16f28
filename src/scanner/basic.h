// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/asio/asio.h"
#include "base/result.h"
#include "scan/virus_regexp.h"
#include "scanner/scanner.h"
#include "scanner/work_directory.h"

namespace p3scan {

struct BasicSettings {
  std::string command;  // program and arguments; the path of the message is added at the end
  std::vector<int> viruscode;
  std::vector<int> goodcode;  // besides 0
  std::string virusregexp;    // empty: names stay unknown
  int virusregexp_part = 1;
  std::string directory;  // where messages get a name
  std::size_t most = 16;  // programs at once; more messages wait
};

/// Runs a program for each message, without a shell; its exit code decides.
class BasicScanner final : public Scanner {
 public:
  /// The error says which setting is wrong. A program that is not there is none: it may be back soon,
  /// and until then messages are Failed.
  static Result<std::unique_ptr<BasicScanner>, std::string> make(const asio::any_io_executor& executor,
                                                                 const BasicSettings& settings);
  /// The same without making anything; also tells of a program that is missing, and of characters that look as if a
  /// shell was expected.
  static Result<void, std::string> check(const BasicSettings& settings);

  std::string_view name() const override { return "basic"; }
  boost::asio::awaitable<scan::Verdict> scan(Message& message, const scan::MailFacts& facts) override;

 private:
  struct Ready {
    std::vector<std::string> words;
    std::string warning;  // of the command line
    std::optional<scan::VirusRegexp> regexp;
  };
  class Turn;

  BasicScanner(asio::any_io_executor executor, BasicSettings settings, Ready ready, WorkDirectory directory);
  static Result<Ready, std::string> prepare(const BasicSettings& settings);
  boost::asio::awaitable<void> take_turn();
  boost::asio::awaitable<scan::Verdict> run(const std::string& path);

  asio::any_io_executor executor_;
  BasicSettings settings_;
  Ready ready_;
  WorkDirectory directory_;
  asio::steady_timer turns_;  // never expires; cancel_one() lets the next one in
  std::size_t running_ = 0;
};

}  // namespace p3scan
