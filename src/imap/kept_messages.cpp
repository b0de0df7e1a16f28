// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/kept_messages.h"

#include <algorithm>
#include <iterator>

namespace p3scan::imap {

const KeptMessages::Entry& KeptMessages::add(std::uint32_t uid, std::uint32_t number, std::uint64_t size) {
  if (const auto old = std::ranges::find(entries_, uid, &Entry::uid); old != entries_.end()) remove(old);
  entries_.push_front({.id = ++next_id_, .uid = uid, .number = number, .size = size});
  octets_ += size;
  while (entries_.size() > 1 && (entries_.size() > limits_.count || octets_ > limits_.octets)) {
    remove(std::prev(entries_.end()));
  }
  return entries_.front();
}

void KeptMessages::remove(Entries::iterator entry) {
  superfluous_.push_back(entry->id);
  octets_ -= entry->size;
  entries_.erase(entry);
}

std::optional<KeptMessages::Entry> KeptMessages::use(Entries::iterator found) {
  if (found == entries_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found);
  return entries_.front();
}

std::optional<KeptMessages::Entry> KeptMessages::find(std::uint32_t uid) {
  return use(std::ranges::find(entries_, uid, &Entry::uid));
}

std::optional<KeptMessages::Entry> KeptMessages::find_number(std::uint32_t number) {
  if (number == 0) return std::nullopt;
  return use(std::ranges::find(entries_, number, &Entry::number));
}

void KeptMessages::note_number(std::uint32_t uid, std::uint32_t number) {
  for (auto& entry : entries_) {
    if (entry.uid == uid) entry.number = number;
  }
}

void KeptMessages::expunge(std::uint32_t number) {
  for (auto& entry : entries_) {
    if (entry.number == number) entry.number = 0;
    if (entry.number > number) --entry.number;
  }
}

void KeptMessages::forget_numbers() {
  for (auto& entry : entries_) entry.number = 0;
}

void KeptMessages::clear() {
  while (!entries_.empty()) remove(entries_.begin());
}

std::optional<std::uint64_t> KeptMessages::take_superfluous() {
  if (superfluous_.empty()) return std::nullopt;
  const auto id = superfluous_.back();
  superfluous_.pop_back();
  return id;
}

}  // namespace p3scan::imap
