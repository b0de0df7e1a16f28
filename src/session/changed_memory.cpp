// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/changed_memory.h"

namespace p3scan::session {
namespace {

/// No two mailboxes have the same: lengths keep the parts apart.
std::string key_of(const imap::Mailbox& mailbox) {
  std::string key = std::to_string(mailbox.validity);
  for (const auto* part : {&mailbox.server, &mailbox.user, &mailbox.name}) {
    key += ' ';
    key += std::to_string(part->size());
    key += ':';
    key += *part;
  }
  return key;
}

}  // namespace

ChangedMemory::Entries::iterator ChangedMemory::find(const std::string& key) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return entries_.end();
  entries_.splice(entries_.begin(), entries_, found->second);
  return entries_.begin();
}

void ChangedMemory::add(const imap::Mailbox& mailbox, std::uint32_t uid) {
  auto key = key_of(mailbox);
  if (key.size() > limits_.name) return;
  const std::scoped_lock lock(mutex_);
  if (find(key) == entries_.end()) {
    entries_.push_front({.key = key, .uids = {}});
    by_key_.emplace(std::move(key), entries_.begin());
  }
  auto& uids = entries_.front().uids;
  if (!uids.insert(uid).second) return;
  ++total_;
  if (uids.size() > limits_.messages) {
    uids.erase(uids.begin());
    --total_;
  }
  shrink();
}

void ChangedMemory::shrink() {
  while (entries_.size() > 1 && (entries_.size() > limits_.mailboxes || total_ > limits_.total)) {
    total_ -= entries_.back().uids.size();
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

void ChangedMemory::remove(const imap::Mailbox& mailbox, std::uint32_t uid) {
  const std::scoped_lock lock(mutex_);
  const auto found = find(key_of(mailbox));
  if (found == entries_.end() || found->uids.erase(uid) == 0) return;
  --total_;
  if (!found->uids.empty()) return;
  by_key_.erase(found->key);
  entries_.erase(found);
}

std::vector<std::uint32_t> ChangedMemory::uids(const imap::Mailbox& mailbox) const {
  const std::scoped_lock lock(mutex_);
  const auto found = find(key_of(mailbox));
  if (found == entries_.end()) return {};
  return {found->uids.begin(), found->uids.end()};
}

}  // namespace p3scan::session
