// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <string>

#include "scanner/path_engine.h"

namespace p3scan {

struct AvpdTimes {
  std::chrono::milliseconds connect{5000};   // while too many wait at the socket
  std::chrono::milliseconds greeting{1000};  // aveserver may greet within this
};

/// kavdaemon (Kaspersky Anti-Virus 3 and 4) on its socket DIRECTORY/AvpCtl; a connection for each file. The daemon must be
/// allowed to read virusdir, and virusdir must be among the paths that it looks at: it calls others clean.
class AvpdEngine final : public PathEngine {
 public:
  static constexpr std::string_view kDirectory = "/var/run";  // unless configured

  explicit AvpdEngine(std::string directory, AvpdTimes times = {}) : directory_(std::move(directory)), times_(times) {}

  std::string_view name() const override { return "avpd"; }
  bool takes_directories() const override { return false; }
  boost::asio::awaitable<scan::Verdict> look(const std::string& path, const Message& message,
                                             const scan::MailFacts& facts) override;

 private:
  std::string directory_;
  AvpdTimes times_;
};

/// Kaspersky Anti-Virus 4 or 5: whichever of AvpCtl and aveserver is there, looked for anew for each file.
class AvpdNewEngine final : public PathEngine {
 public:
  explicit AvpdNewEngine(std::string directory, AvpdTimes times = {})
      : directory_(std::move(directory)), times_(times) {}

  std::string_view name() const override { return "avpd_new"; }
  bool takes_directories() const override { return false; }
  boost::asio::awaitable<scan::Verdict> look(const std::string& path, const Message& message,
                                             const scan::MailFacts& facts) override;

 private:
  std::string directory_;
  AvpdTimes times_;
};

}  // namespace p3scan
