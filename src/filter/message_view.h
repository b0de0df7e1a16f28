// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "spool/message.h"

namespace p3scan {

/// All octets of a complete message at once: those in memory, or the pages of its file. The message must outlive it.
class MessageView {
 public:
  /// On the message's own thread. An error is the system's: no descriptor, no address space.
  static Result<MessageView, SpoolError> of(Message& message);
  MessageView(MessageView&& other) noexcept;
  MessageView& operator=(MessageView&&) = delete;
  MessageView(const MessageView&) = delete;
  MessageView& operator=(const MessageView&) = delete;
  ~MessageView();

  /// May be read on any thread while the message lives; waits for the disk.
  std::string_view bytes() const { return bytes_; }

 private:
  MessageView(std::string_view bytes, void* mapped) : bytes_(bytes), mapped_(mapped) {}

  std::string_view bytes_;
  void* mapped_;  // null if the message is in memory
};

}  // namespace p3scan
