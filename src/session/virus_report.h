// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

#include "mime/notification.h"
#include "scan/policy.h"
#include "session/mail.h"
#include "session/services.h"

namespace p3scan::session {

/// Where the original of a replaced message is.
struct Kept {
  std::string id;    // %P3SCANID%: "p3scan.XXXXXX", or the words that say it was deleted
  std::string path;  // %MAILFILE%; empty when it was deleted
};

/// Says what happened to a message that was not clean: to the administrator in the log, to the reader in a mail.
class VirusReport {
 public:
  VirusReport(const Services& services, const Mail& mail);

  /// For verdicts other than clean and infected: why, and what became of the message.
  void log_unclean(const scan::Verdict& verdict, const scan::Decision& decision) const;
  /// What a filter did to it, or why it did not.
  void log_note(std::string_view note) const;
  /// A mail that is not scanned because of its size passes.
  void log_unscanned() const;
  /// The line that log parsers know, in the old program's field order.
  void log_virus(std::string_view name, std::string_view kept_as) const;
  /// A virus was found: who asked to be told is told.
  void tell_administrators(const scan::Infected& found, const Kept& kept) const;
  /// No engine answered, the disk is full ...
  void tell_trouble(notify::Emergency kind, std::string_view what) const;
  /// The message that takes the place of this one.
  std::string notification(const scan::Infected& found, const Kept& kept) const;
  /// The message that takes the place of one whose sender is on a blacklist.
  std::string blacklist_notification(std::string_view sender, const Kept& kept) const;

 private:
  mime::NotificationInput input(std::string_view name, const Kept& kept) const;

  const Services& services_;
  const Mail& mail_;
  std::string from_;  // header values as written, on one line
  std::string to_;
};

}  // namespace p3scan::session
