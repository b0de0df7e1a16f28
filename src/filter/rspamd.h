// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

#include "filter/spam_daemon.h"

namespace p3scan {

/// rspamd's normal worker, by HTTP (/checkv2). It only says what it thinks: the X-Spam fields are written here.
class RspamdEngine final : public SpamDaemon {
 public:
  static constexpr std::uint16_t kPort = 11333;

  using SpamDaemon::SpamDaemon;
  std::string_view name() const override { return "rspamd"; }

 protected:
  asio::awaitable<Result<SpamOpinion, std::string>> talk(Socket socket, const SpamMail& mail) override;
};

}  // namespace p3scan
