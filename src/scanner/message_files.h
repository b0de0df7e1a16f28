// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "spool/message.h"

namespace p3scan {

/// One message as files, for engines that are told a path; removed with all that was put beside it at the end.
///   DIRECTORY/XXXXXX/p3scan.YYYYYY        the message
///   DIRECTORY/XXXXXX/p3scan.YYYYYY.dir/   its parts, if somebody unpacks them
///   DIRECTORY/XXXXXX/vnmsg                a template that a program may edit (altvnmsg)
/// The directories have the mode 0750, the files 0640: a daemon of the same group may read them.
///
/// The message has its true octets. The spool file of P3Scan 2 had LF for CRLF, the stuffed dots of the wire, and the
/// line "." at its end (but for noeom): a scanner saw other octets than the reader got, and parts that could not be
/// decoded. None of that is a scanner's need, so noeom has nothing left to say.
class MessageFiles {
 public:
  static constexpr unsigned kFileMode = 0640;
  static constexpr unsigned kDirectoryMode = 0750;

  /// An error is an errno value.
  static Result<std::unique_ptr<MessageFiles>, int> create(const std::string& directory);
  MessageFiles(const MessageFiles&) = delete;
  MessageFiles& operator=(const MessageFiles&) = delete;
  MessageFiles(MessageFiles&&) = delete;
  MessageFiles& operator=(MessageFiles&&) = delete;
  ~MessageFiles();

  const std::string& mail() const { return mail_; }
  std::string parts() const { return mail_ + ".dir"; }

  /// Gives the message its name: where it can be, a link to the spool file.
  Result<void, SpoolError> link(Message& message);
  /// A program that "cleans" would change what is delivered: the name may be a link to the spooled message.
  bool was_changed() const;

  /// The template as a file, for a program to edit. False: it can't be written.
  bool offer_template(std::string_view text) const;
  /// What it contains now; empty if it is gone, no ordinary file or larger than a template may be.
  std::string edited_template() const;

 private:
  struct State {
    off_t size;
    time_t seconds;
    long nanos;  // NOLINT(google-runtime-int): of struct timespec
    bool operator==(const State&) const = default;
  };

  explicit MessageFiles(std::string directory);
  std::optional<State> look() const;
  std::string template_path() const { return directory_ + "/vnmsg"; }

  std::string directory_;
  std::string mail_;
  bool shared_ = false;
  std::optional<State> before_;
};

}  // namespace p3scan
