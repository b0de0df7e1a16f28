// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace p3scan::worker {

/// A message file in memory as pages of the page cache, with room in front for a few octets of ours.
class MessageMap {
 public:
  /// Nothing if the file can't be mapped. An empty file gives an empty map.
  static std::optional<MessageMap> of(int fd);
  MessageMap(MessageMap&& other) noexcept;
  MessageMap& operator=(MessageMap&&) = delete;
  MessageMap(const MessageMap&) = delete;
  MessageMap& operator=(const MessageMap&) = delete;
  ~MessageMap();

  std::string_view bytes() const;
  /// `front` (at most a page) and then the message without its first `skip` octets. Overwrites, in this process's
  /// view alone, the octets that are skipped, and an earlier front. Nothing if there is no memory for it.
  std::optional<std::string_view> bytes_after(std::string_view front, std::size_t skip = 0);

 private:
  MessageMap(char* start, std::size_t size) : start_(start), size_(size) {}

  char* start_;       // one page, then the file
  std::size_t size_;  // of the file
};

}  // namespace p3scan::worker
