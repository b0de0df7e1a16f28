// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "imap/changed_messages.h"

namespace p3scan::session {

/// One for all event loops, safe from any thread. The mailboxes that were not asked about for longest are forgotten
/// first, and of a mailbox its oldest messages.
class ChangedMemory final : public imap::ChangedMessages {
 public:
  struct Limits {
    std::size_t mailboxes = 4096;
    std::size_t messages = 4096;  // of one mailbox
    std::size_t total = 65536;    // messages
    std::size_t name = 1024;      // octets of what names a mailbox; nothing is remembered of longer ones
  };

  ChangedMemory() : ChangedMemory(Limits{}) {}
  explicit ChangedMemory(const Limits& limits) : limits_(limits) {}

  void add(const imap::Mailbox& mailbox, std::uint32_t uid) override;
  void remove(const imap::Mailbox& mailbox, std::uint32_t uid) override;
  [[nodiscard]] std::vector<std::uint32_t> uids(const imap::Mailbox& mailbox) const override;

 private:
  struct Entry {
    std::string key;
    std::set<std::uint32_t> uids;
  };
  using Entries = std::list<Entry>;  // the one used last in front

  Entries::iterator find(const std::string& key) const;
  void shrink();

  const Limits limits_;
  mutable std::mutex mutex_;
  mutable Entries entries_;
  std::map<std::string, Entries::iterator, std::less<>> by_key_;
  std::size_t total_ = 0;
};

}  // namespace p3scan::session
