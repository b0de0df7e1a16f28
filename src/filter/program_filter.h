// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "filter/filter.h"

namespace p3scan {

struct ProgramFilterSettings {
  std::string option;                       // that asks for it; its name is the filter's
  std::string command;                      // split by scan/command_line.h; no shell
  std::string placeholder;                  // word of the command that stands for the login name; empty: none
  std::vector<int> success = {0};           // exit codes with which its output counts
  bool required = true;                     // a mail must not pass when it fails
  bool outgoing = false;                    // outgoing mail, too
  std::string error_note;                   // what the log says of another exit code, if it is not required
  std::chrono::milliseconds limit{60'000};  // for one mail
};

/// The settings of the options that are such filters. `limit` is filtertimeout.
ProgramFilterSettings renattach_settings(std::string command, std::chrono::milliseconds limit);
/// overwrite, parsehtml.
ProgramFilterSettings overwrite_settings(std::string command, std::chrono::milliseconds limit);

/// A program that reads a mail and prints the one to deliver. Its errors go to the log, not into the mail. When it does
/// not end well and in time, or prints nothing or no mail, then a required filter fails, and without another one the
/// mail stays as it was.
///   It reads the mail with the line ends that it came with. In a mail with CRLF, lines that it ends by LF (renattach:
/// all that it writes itself) are mended, so that all others stay as they were. What it prints unchanged is no new
/// version.
class ProgramFilter final : public Filter {
 public:
  /// The error is for the administrator.
  static Result<std::unique_ptr<ProgramFilter>, std::string> make(const FilterTools& tools,
                                                                  ProgramFilterSettings settings);

  std::string_view name() const override { return settings_.option; }
  bool required() const override { return settings_.required; }
  boost::asio::awaitable<Filtered> run(Message& message, const scan::MailFacts& facts) override;

 private:
  ProgramFilter(const FilterTools& tools, ProgramFilterSettings settings, std::vector<std::string> words)
      : tools_(tools), settings_(std::move(settings)), words_(std::move(words)) {}

  const FilterTools& tools_;
  ProgramFilterSettings settings_;
  std::vector<std::string> words_;
};

}  // namespace p3scan
