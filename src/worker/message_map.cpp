// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/message_map.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace p3scan::worker {
namespace {

std::size_t page() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace

std::optional<MessageMap> MessageMap::of(int fd) {
  struct stat st{};
  if (::fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return std::nullopt;
  const auto size = static_cast<std::size_t>(st.st_size);
  if (size == 0) return MessageMap(nullptr, 0);
  // Inaccessible at first: a writable reservation of this size would count as memory in use.
  void* const reserved = ::mmap(nullptr, page() + size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) return std::nullopt;
  MessageMap map(static_cast<char*>(reserved), size);
  const bool ok = ::mprotect(map.start_, page(), PROT_READ | PROT_WRITE) == 0 &&
                  ::mmap(map.start_ + page(), size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) != MAP_FAILED;
  if (!ok) return std::nullopt;
  return map;
}

MessageMap::MessageMap(MessageMap&& other) noexcept
    : start_(std::exchange(other.start_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MessageMap::~MessageMap() {
  if (start_ != nullptr) ::munmap(start_, page() + size_);
}

std::string_view MessageMap::bytes() const {
  return start_ == nullptr ? std::string_view{} : std::string_view(start_ + page(), size_);
}

std::optional<std::string_view> MessageMap::bytes_after(std::string_view front, std::size_t skip) {
  if (start_ == nullptr || skip > size_ || front.size() > page()) return std::nullopt;
  const auto end = page() + skip;
  const auto at = end - front.size();
  const auto first_page = at - (at % page());
  // At most two pages become ours; all others stay the page cache's.
  if (::mprotect(start_ + first_page, end - first_page, PROT_READ | PROT_WRITE) != 0) return std::nullopt;
  std::ranges::copy(front, start_ + at);
  return std::string_view(start_ + at, front.size() + size_ - skip);
}

}  // namespace p3scan::worker
