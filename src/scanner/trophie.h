// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/path_engine.h"

namespace p3scan {

struct TrophieTimes {
  std::chrono::milliseconds connect{5000};  // while too many wait at the socket
  std::chrono::milliseconds silence{500};   // a reply without a line ending is over after this
};

/// trophie (Trend Micro) and sophie (Sophos): daemons on a unix socket that are told a path; a connection for each file.
class TrophieEngine final : public PathEngine {
 public:
  /// `name`: the scannertype, a literal. `sockets`: the first one where somebody listens is used.
  TrophieEngine(std::string_view name, std::vector<std::string> sockets, TrophieTimes times = {})
      : name_(name), sockets_(std::move(sockets)), times_(times) {}

  std::string_view name() const override { return name_; }
  bool takes_directories() const override { return false; }
  boost::asio::awaitable<scan::Verdict> look(const std::string& path, const Message& message,
                                             const scan::MailFacts& facts) override;

 private:
  std::string_view name_;
  std::vector<std::string> sockets_;
  TrophieTimes times_;
};

/// Where they listen unless configured. Sophie's documentation and its code never agreed.
std::vector<std::string> trophie_sockets();
std::vector<std::string> sophie_sockets();

}  // namespace p3scan
