// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

#include "base/log.h"
#include "proto/dialog.h"
#include "proto/secret_mask.h"
#include "session/conversation.h"

namespace p3scan::session {

/// Shows in a debug log what a session says, "--> " to the server and "<-- " to the client, but not the mails.
/// SMTP only with its debug topic; passwords only when the log shows them.
class Transcript {
 public:
  Transcript(const Log& log, const Conversation& talk) : log_(log), talk_(talk) {}

  /// Whole lines, as dialogs say them.
  void say(proto::Side to, std::string_view words) {
    if (!words.empty() && log_.enabled(LogLevel::debug)) show(to, words);
  }

 private:
  bool wanted() const;
  void show(proto::Side to, std::string_view words);

  const Log& log_;
  const Conversation& talk_;
  proto::SecretMask mask_;
};

}  // namespace p3scan::session
