// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/message_view.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>

namespace p3scan {

Result<MessageView, SpoolError> MessageView::of(Message& message) {
  MessageView view;
  if (message.in_memory()) {
    view.copy_ = std::make_unique<const std::string>(message.bytes());
    view.bytes_ = *view.copy_;
    return view;
  }
  const auto fd = message.open_readonly();
  if (!fd) return fail(fd.error());
  const auto size = static_cast<std::size_t>(message.size());
  void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd->get(), 0);
  if (mapped == MAP_FAILED) return fail(spool_error(errno));
  ::madvise(mapped, size, MADV_SEQUENTIAL);
  view.mapped_ = mapped;
  view.bytes_ = std::string_view(static_cast<const char*>(mapped), size);
  return view;
}

MessageView::MessageView(MessageView&& other) noexcept
    : copy_(std::move(other.copy_)),
      mapped_(std::exchange(other.mapped_, nullptr)),
      bytes_(std::exchange(other.bytes_, {})) {}

MessageView::~MessageView() {
  if (mapped_ != nullptr) ::munmap(mapped_, bytes_.size());
}

}  // namespace p3scan
