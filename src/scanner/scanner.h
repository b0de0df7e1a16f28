// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "scan/mail_facts.h"
#include "scan/verdict.h"
#include "spool/message.h"

namespace p3scan {

/// An engine that looks at one message. One object per event loop, used by all its sessions at once, so it keeps
/// no state of a message. Clean is only what the engine said in so many words.
class Scanner {
 public:
  Scanner() = default;
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;
  Scanner(Scanner&&) = delete;
  Scanner& operator=(Scanner&&) = delete;
  virtual ~Scanner() = default;

  virtual std::string_view name() const = 0;  // the scannertype

  /// Starts as soon as the message has outgrown memory, else when it is complete: a streaming engine reads along
  /// with Message::grown(), others wait for is_complete(). An abandoned message ends in Failed.
  /// The message and `facts` outlive the coroutine. Total cancellation (deadline, session gone) must release everything at
  /// once: close connections that are in the middle of a message, kill processes.
  virtual boost::asio::awaitable<scan::Verdict> scan(Message& message, const scan::MailFacts& facts) = 0;
};

}  // namespace p3scan
