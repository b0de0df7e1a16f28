// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

#include "base/asio/asio.h"
#include "base/result.h"
#include "mime/header_diff.h"
#include "scan/mail_facts.h"
#include "spool/message.h"

namespace p3scan {

/// A message that is to be looked at; all of it outlives the look.
struct SpamMail {
  Message& message;        // complete
  std::string_view bytes;  // all of it
  const scan::MailFacts& facts;
  std::string_view user;  // spamuser, or the login name; as hostile as the message
};

struct SpamOpinion {
  mime::HeaderChanges changes;  // says also whether it is spam
  std::string words;            // the opinion in short, for the log; may be empty
};

/// Something that tells spam. One object per event loop, without any state of a message.
class SpamEngine {
 public:
  SpamEngine() = default;
  SpamEngine(const SpamEngine&) = delete;
  SpamEngine& operator=(const SpamEngine&) = delete;
  SpamEngine(SpamEngine&&) = delete;
  SpamEngine& operator=(SpamEngine&&) = delete;
  virtual ~SpamEngine() = default;

  virtual std::string_view name() const = 0;  // the spamtype

  /// Holds to its time limit. No opinion: the error says why, for the log. Total cancellation must release everything
  /// at once.
  virtual asio::awaitable<Result<SpamOpinion, std::string>> look(const SpamMail& mail) = 0;
};

}  // namespace p3scan
