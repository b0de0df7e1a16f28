// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>

#include "base/asio/asio.h"
#include "base/result.h"
#include "scanner/message_files.h"
#include "scanner/path_engine.h"
#include "scanner/scanner.h"
#include "scanner/turns.h"
#include "scanner/work_directory.h"

namespace p3scan {

struct PathSettings {
  std::string directory;                  // where messages get names
  std::size_t most = 16;                  // messages at once; more wait
  std::string altvnmsg_template;          // offered to the engine for editing; empty: none
  bool demime = false;                    // parts are unpacked; the message itself is always looked at, too
  std::uint64_t keep_free = 0;            // octets that unpacking leaves free on the disk
  asio::thread_pool* blocking = nullptr;  // where parts are unpacked; must be there with demime
};

/// Gives messages names for an engine that wants paths.
class PathScanner final : public Scanner {
 public:
  /// The error is for the administrator.
  static Result<std::unique_ptr<PathScanner>, std::string> make(const asio::any_io_executor& executor,
                                                                std::unique_ptr<PathEngine> engine,
                                                                const PathSettings& settings);

  std::string_view name() const override { return engine_->name(); }
  boost::asio::awaitable<scan::Verdict> scan(Message& message, const scan::MailFacts& facts) override;

 private:
  class Held;

  PathScanner(const asio::any_io_executor& executor, std::unique_ptr<PathEngine> engine, PathSettings settings,
              WorkDirectory directory);
  boost::asio::awaitable<scan::Verdict> look_inside(const std::shared_ptr<MessageFiles>& files, Message& message,
                                                    const scan::MailFacts& facts);
  scan::Failed failed(std::string_view why) const;

  std::unique_ptr<PathEngine> engine_;
  PathSettings settings_;
  WorkDirectory directory_;
  Turns turns_;
};

}  // namespace p3scan
