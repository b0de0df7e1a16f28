// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/asio/asio.h"
#include "base/result.h"
#include "scan/virus_regexp.h"
#include "scanner/path_engine.h"

namespace p3scan {

/// What a program is told behind its own arguments.
enum class ProgramArguments : std::uint8_t {
  path,     // the path alone
  details,  // the fourteen arguments of the scannertype bash (bash_arguments.h)
};

struct ProgramSettings {
  std::string_view name = "basic";  // the scannertype; a literal
  ProgramArguments arguments = ProgramArguments::path;
  std::string command;  // program and arguments
  std::vector<int> viruscode;
  std::vector<int> goodcode;         // besides 0
  std::vector<int> unscannablecode;  // the program could not look inside
  std::string virusregexp;           // empty: names stay unknown
  int virusregexp_part = 1;
};

/// Runs a program for each message, without a shell; its exit code decides.
class ProgramEngine final : public PathEngine {
 public:
  /// The error says which setting is wrong. A program that is not there is none: it may be back soon,
  /// and until then messages are Failed.
  static Result<std::unique_ptr<ProgramEngine>, std::string> make(const asio::any_io_executor& executor,
                                                                  const ProgramSettings& settings);
  /// The same without making anything; also tells of a program that is missing, and of characters that look as if a
  /// shell was expected.
  static Result<void, std::string> check(const ProgramSettings& settings);

  std::string_view name() const override { return settings_.name; }
  bool takes_directories() const override { return true; }
  boost::asio::awaitable<scan::Verdict> look(const std::string& path, const Message& message,
                                             const scan::MailFacts& facts) override;

 private:
  struct Ready {
    std::vector<std::string> words;
    std::string warning;  // of the command line
    std::optional<scan::VirusRegexp> regexp;
  };

  ProgramEngine(asio::any_io_executor executor, ProgramSettings settings, Ready ready);
  static Result<Ready, std::string> prepare(const ProgramSettings& settings);

  asio::any_io_executor executor_;
  ProgramSettings settings_;
  Ready ready_;
};

}  // namespace p3scan
