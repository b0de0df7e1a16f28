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
  /// The message with `front` (at most a page) before its first octet; replaces an earlier front.
  std::string_view bytes_after(std::string_view front);

 private:
  MessageMap(char* start, std::size_t size) : start_(start), size_(size) {}

  char* start_;       // one page, then the file
  std::size_t size_;  // of the file
};

}  // namespace p3scan::worker
