// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <vector>

namespace p3scan::imap {

/// Which decided messages of the selected mailbox are kept, by UID, so that the pieces of one mail that a client asks
/// for are cut from one inspection. Bounded in number and octets; but the message used last is always kept, however
/// large, or a client that fetches it in small pieces would have it fetched and scanned for each.
class KeptMessages {
 public:
  struct Limits {
    std::size_t count = 8;     // 0: as 1
    std::uint64_t octets = 0;  // of all of them
  };
  struct Entry {
    std::uint64_t id = 0;  // for Keep and Recall; no two messages of a session have the same
    std::uint32_t uid = 0;
    std::uint32_t number = 0;  // message sequence number; 0: not known
    std::uint64_t size = 0;
  };

  explicit KeptMessages(const Limits& limits) : limits_(limits) {}

  /// A new entry under a new id, used last.
  const Entry& add(std::uint32_t uid, std::uint32_t number, std::uint64_t size);
  /// Makes what it finds the one used last.
  [[nodiscard]] std::optional<Entry> find(std::uint32_t uid);
  [[nodiscard]] std::optional<Entry> find_number(std::uint32_t number);
  void note_number(std::uint32_t uid, std::uint32_t number);

  /// EXPUNGE: later messages have a smaller number from now on.
  void expunge(std::uint32_t number);
  void forget_numbers();
  /// Another mailbox, or its UIDs mean something else.
  void clear();

  /// Ids that are to be forgotten, one at a time.
  [[nodiscard]] std::optional<std::uint64_t> take_superfluous();

 private:
  using Entries = std::list<Entry>;  // the one used last in front
  [[nodiscard]] std::optional<Entry> use(Entries::iterator found);
  void remove(Entries::iterator entry);

  Limits limits_;
  Entries entries_;
  std::vector<std::uint64_t> superfluous_;
  std::uint64_t octets_ = 0;
  std::uint64_t next_id_ = 0;
};

}  // namespace p3scan::imap
