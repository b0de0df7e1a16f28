// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace p3scan::imap {

/// A mailbox as long as its UIDs mean the same messages (RFC 9051 section 2.3.1.1).
struct Mailbox {
  std::string server;  // address and port
  std::string user;    // login name; may be empty
  std::string name;    // decoded; INBOX in upper case
  std::uint32_t validity = 0;

  bool operator==(const Mailbox&) const = default;
};

/// Which messages of which mailboxes are delivered other than they are on the server: what a listing says about them
/// must be said about the delivered version. A memory for all sessions of the process, bounded: what is forgotten, or
/// not yet known, is listed as it is on the server until it is fetched.
class ChangedMessages {
 public:
  ChangedMessages() = default;
  ChangedMessages(const ChangedMessages&) = delete;
  ChangedMessages& operator=(const ChangedMessages&) = delete;
  ChangedMessages(ChangedMessages&&) = delete;
  ChangedMessages& operator=(ChangedMessages&&) = delete;
  virtual ~ChangedMessages() = default;

  virtual void add(const Mailbox& mailbox, std::uint32_t uid) = 0;
  virtual void remove(const Mailbox& mailbox, std::uint32_t uid) = 0;
  /// Ascending.
  [[nodiscard]] virtual std::vector<std::uint32_t> uids(const Mailbox& mailbox) const = 0;
};

}  // namespace p3scan::imap
