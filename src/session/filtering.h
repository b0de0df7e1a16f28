// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/asio/asio.h"
#include "scan/mail_facts.h"
#include "scan/verdict.h"
#include "session/decided.h"
#include "session/mail.h"
#include "session/services.h"

namespace p3scan::session {

/// Takes one mail through filters, and holds the version that comes of them.
class Filtering {
 public:
  Filtering(const Services& services, Mail& mail, const scan::MailFacts& facts)
      : services_(services), mail_(mail), facts_(facts) {}

  /// Runs filters one after the other, each on what the one before it made. What their verdicts say together; clean if
  /// none has one. Ends with the first filter that settles the matter (infected, a replacement, a refusal).
  /// `expired`: the mail's time is over; filters are cut off, and those not yet run are not run.
  asio::awaitable<scan::Verdict> run(std::span<Filter* const> filters, const bool& expired);

  Message& message() { return version_ ? *version_ : mail_.message; }
  bool changed() const { return version_ != nullptr; }
  const std::string& replacement() const { return replacement_; }
  const std::string& refusal() const { return refusal_; }

  /// The version with header fields added at the end of its header: those of filters, then `line`, which ends in CRLF.
  Decided delivered(std::string_view line) const;

 private:
  asio::awaitable<scan::Verdict> run_one(Filter& filter, const bool& expired);
  scan::Verdict take(const Filter& filter, Filtered filtered);
  scan::Verdict failed(const Filter& filter, std::string_view why) const;
  bool adopt(std::shared_ptr<Message> version);
  bool settled() const { return !replacement_.empty() || !refusal_.empty(); }

  const Services& services_;
  Mail& mail_;
  const scan::MailFacts& facts_;
  std::shared_ptr<Message> version_;
  std::string added_;
  std::string replacement_;
  std::string refusal_;
};

}  // namespace p3scan::session
