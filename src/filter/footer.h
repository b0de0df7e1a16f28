// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <string>

#include "filter/filter.h"

namespace p3scan {

struct FooterSettings {
  std::string file;  // read for each mail; while it does not exist no footer is added; at most 64 KiB of it
  std::string host;  // fully qualified, as the footer names it
  std::chrono::milliseconds limit{std::chrono::minutes(1)};
};

/// `footerfile`: adds the administrator's text and what scanned the mail (MailFacts::scanner_info) to outgoing mail.
/// See mime/footer.h for where. Incoming mail stays as it is.
class FooterFilter final : public Filter {
 public:
  FooterFilter(FilterTools tools, FooterSettings settings);

  std::string_view name() const override { return "footerfile"; }
  boost::asio::awaitable<Filtered> run(Message& message, const scan::MailFacts& facts) override;

 private:
  FilterTools tools_;
  FooterSettings settings_;
};

}  // namespace p3scan
