// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filter/spam_engine.h"
#include "scanner/work_directory.h"

namespace p3scan {

struct SpamCommandSettings {
  std::string_view name = "command";  // the spamtype
  std::vector<std::string> words;     // program and arguments; "dspamuser" in them stands for the user
  bool add_user = false;              // dspam: "--user" and the user follow, if "dspamuser" is not among the words
  std::chrono::milliseconds limit{60'000};
  SpoolLimits spool;  // for what it prints
};

/// A program that reads the mail and prints it with header fields added. Taken over is what it added to the header. If
/// it prints a report with the whole mail attached instead, as SpamAssassin does for spam (report_safe), its X-Spam
/// fields are taken.
/// No opinion: it can't be run or ends with another code than 0, prints nothing, or something else than the mail.
/// What it says on its standard error is in the error, or the opinion's words.
class SpamCommand final : public SpamEngine {
 public:
  /// `files`: the program gets the name of a file there as its last argument (nospampipe).
  explicit SpamCommand(SpamCommandSettings settings, std::optional<WorkDirectory> files = std::nullopt)
      : settings_(std::move(settings)), files_(std::move(files)) {}
  std::string_view name() const override { return settings_.name; }
  asio::awaitable<Result<SpamOpinion, std::string>> look(const SpamMail& mail) override;

 private:
  std::vector<std::string> words_for(std::string_view user) const;

  SpamCommandSettings settings_;
  std::optional<WorkDirectory> files_;
};

}  // namespace p3scan
