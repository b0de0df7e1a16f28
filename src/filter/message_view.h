// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "spool/message.h"

namespace p3scan {

/// All octets of a complete message at once: a copy of those in memory (which are few), or the pages of its file. It may
/// outlive the message, so that work on another thread need not care who gave up waiting.
class MessageView {
 public:
  /// On the message's own thread. An error is the system's: no descriptor, no address space.
  static Result<MessageView, SpoolError> of(Message& message);
  MessageView(MessageView&& other) noexcept;
  MessageView& operator=(MessageView&&) = delete;
  MessageView(const MessageView&) = delete;
  MessageView& operator=(const MessageView&) = delete;
  ~MessageView();

  /// May be read on any thread; waits for the disk.
  std::string_view bytes() const { return bytes_; }

 private:
  MessageView() = default;

  std::unique_ptr<const std::string> copy_;
  void* mapped_ = nullptr;
  std::string_view bytes_;  // of one of them
};

}  // namespace p3scan
