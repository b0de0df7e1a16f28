// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

#include "filter/spam_daemon.h"
#include "scan/spamd.h"

namespace p3scan {

/// SpamAssassin's spamd. It is asked for the new header only; one that knows no HEADERS sends the whole message. If all
/// it did was adding to the header, that is taken over, its Subject too; if it wrapped the message into a report
/// (report_safe), only its X-Spam fields are.
class SpamdEngine final : public SpamDaemon {
 public:
  static constexpr std::uint16_t kPort = 783;

  using SpamDaemon::SpamDaemon;
  std::string_view name() const override { return "spamd"; }

 protected:
  asio::awaitable<Result<SpamOpinion, std::string>> talk(Socket socket, const SpamMail& mail) override;

 private:
  scan::SpamdCommand command_ = scan::SpamdCommand::headers;
};

}  // namespace p3scan
