// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "scan/mail_facts.h"
#include "scan/verdict.h"
#include "spool/message.h"

namespace p3scan {

/// What filters work with. All of it outlives them.
struct FilterTools {
  SpoolLimits spool;                             // for the new versions of messages
  boost::asio::thread_pool* blocking = nullptr;  // for whatever computes long or waits for a disk
};

/// What a filter made of a message. Nothing set: it stays as it was.
struct Filtered {
  std::shared_ptr<Message> version = {};  // complete; takes the place of the message
  std::string added = {};                 // header fields, lines ended by CRLF, to be added at the end of its header
  std::optional<scan::Verdict> verdict = {};  // it may not pass like this: policy decides as it does for a scanner's
  std::string replacement = {};               // a whole message for the reader instead; lines ended by CRLF
  std::string refusal = {};                   // of an outgoing message, for good: the reply text; printable ASCII
  std::string note = {};                      // what happened, for the log; one line without the mail's addresses
};

/// A stage that may change a message which no engine found infected. One object per event loop, used by all its sessions
/// at once, so it keeps no state of a message.
class Filter {
 public:
  Filter() = default;
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  Filter(Filter&&) = delete;
  Filter& operator=(Filter&&) = delete;
  virtual ~Filter() = default;

  virtual std::string_view name() const = 0;  // the option that asked for it

  /// Whether a mail must not pass without it: when it fails, policy decides as for a scanner that failed. Without the
  /// others a mail passes as it was, and the log says so.
  virtual bool required() const { return true; }

  /// `message` is complete and, like `facts`, outlives the coroutine. The filter holds to a time limit of its own. Total
  /// cancellation must release everything at once. What it throws is its failure.
  virtual boost::asio::awaitable<Filtered> run(Message& message, const scan::MailFacts& facts) = 0;
};

}  // namespace p3scan
