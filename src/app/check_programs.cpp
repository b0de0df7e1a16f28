// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/check_programs.h"

#include <fmt/format.h>

#include "scan/command_line.h"
#include "scanner/process.h"

namespace p3scan::app {
namespace {

class Look {
 public:
  /// `used` says whether anything would run it; `vital` whether mail passes otherwise than configured without it.
  void at(std::string_view option, const std::string& command, bool used, bool vital = true) {
    if (!used || command.empty()) return;
    const auto line = scan::split_command_line(command);
    if (!line) return found_.mistakes.push_back(fmt::format("{}: {}", option, line.error()));
    if (!line->warning.empty()) found_.notes.push_back(fmt::format("{}: {}", option, line->warning));
    const auto& program = line->words.front();
    if (!find_program(program).empty()) return;
    auto text = fmt::format("{}: there is no program {}: install it or correct the path", option, program);
    (vital ? found_.mistakes : found_.notes).push_back(std::move(text));
  }

  ProgramsFound take() { return std::move(found_); }

 private:
  ProgramsFound found_;
};

}  // namespace

ProgramsFound check_programs(const config::Config& config) {
  using config::SpamType;
  const bool runs_spam_filter = config.checkspam && (config.spamtype == SpamType::command ||
                                                     (config.spamtype == SpamType::dspam && config.spamcheck_given));
  const bool runs_mailer = config.notifysmtp.empty();
  Look look;
  look.at("renattach", config.renattach, true);
  look.at("spamcheck", config.spamcheck, runs_spam_filter);
  look.at("overwrite", config.overwrite, true);
  look.at("footer", config.footer, true, false);
  look.at("xmail", config.xmail, runs_mailer && !config.extra.empty());
  look.at("xmail", config.xmail, runs_mailer && config.extra.empty() && !config.emergcon.empty(), false);
  return look.take();
}

}  // namespace p3scan::app
