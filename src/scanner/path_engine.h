// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "scan/mail_facts.h"
#include "scan/verdict.h"
#include "spool/message.h"

namespace p3scan {

/// An engine that is told the path of what it shall look at. PathScanner makes a Scanner of it.
class PathEngine {
 public:
  PathEngine() = default;
  PathEngine(const PathEngine&) = delete;
  PathEngine& operator=(const PathEngine&) = delete;
  PathEngine(PathEngine&&) = delete;
  PathEngine& operator=(PathEngine&&) = delete;
  virtual ~PathEngine() = default;

  virtual std::string_view name() const = 0;  // the scannertype

  /// With demime: true, it gets the directory of the parts, once; false, each of the files.
  virtual bool takes_directories() const = 0;

  /// Looks at `path`, the message, a part of it or the directory of its parts. `message` and `facts` are those of the
  /// message; what is true of Scanner::scan() is true here. The path has no control characters.
  virtual boost::asio::awaitable<scan::Verdict> look(const std::string& path, const Message& message,
                                                     const scan::MailFacts& facts) = 0;
};

}  // namespace p3scan
