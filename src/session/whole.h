// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <string_view>

#include "base/asio/asio.h"
#include "filter/message_view.h"
#include "session/decided.h"
#include "session/mail.h"
#include "session/services.h"

namespace p3scan::session {

/// The decided version of a message as one run of octets, so that offsets in it mean something: what filters and added
/// header lines made of it, or the notification. Everything on the session's executor.
class Whole {
 public:
  /// Copies (on the pool when it is large) only what is not in one piece already; `mail` is then let go. An error is
  /// the spool's.
  static asio::awaitable<Result<std::shared_ptr<Whole>, SpoolError>> of(std::shared_ptr<Mail> mail,
                                                                        const Decided& decided,
                                                                        const Services& services);

  explicit Whole(std::shared_ptr<Message> message) : message_(std::move(message)) {}

  Message& message() const { return *message_; }

  /// For work on another thread; those of a file are mapped, once.
  Result<std::shared_ptr<const MessageView>, SpoolError> view();

 private:
  std::shared_ptr<Message> message_;
  std::shared_ptr<const MessageView> mapped_;
};

}  // namespace p3scan::session
