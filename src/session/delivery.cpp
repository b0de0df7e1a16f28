// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/delivery.h"

#include <algorithm>

namespace p3scan::session {
namespace {

constexpr std::size_t kChunk = std::size_t{128} * 1024;

}  // namespace

void Delivery::put_raw(std::string_view bytes) {
  if (!bytes.empty()) pending_.emplace_back(bytes.data(), bytes.size());
}

void Delivery::put(std::string_view content, std::span<const std::uint64_t> lone_dots, std::uint64_t offset) {
  if (framing_ == proto::Framing::raw) {
    put_raw(content);
    return;
  }
  stuffed_.clear();
  dots_.write(content, stuffed_, lone_dots, offset);
  for (const auto& piece : stuffed_) put_raw(piece);
}

asio::awaitable<void> Delivery::flush() {
  co_await to_.write(pending_);
  pending_.clear();
}

asio::awaitable<bool> Delivery::put_message(const Message& message, std::uint64_t from, std::uint64_t to) {
  if (message.in_memory()) {
    put(message.bytes().substr(from, to - from), lone_dots_, from);
    co_return true;
  }
  if (!chunk_) chunk_ = std::make_unique_for_overwrite<char[]>(kChunk);
  while (from < to && !to_.unreachable()) {
    const auto want = std::min<std::uint64_t>(kChunk, to - from);
    const auto got = message.read(from, {chunk_.get(), want});
    if (!got || *got == 0) co_return false;
    put({chunk_.get(), *got}, lone_dots_, from);
    co_await flush();  // before the chunk is used again
    from += *got;
  }
  co_return true;
}

asio::awaitable<bool> Delivery::run(const Decided& decided, const Message& message, std::uint64_t from) {
  if (decided.replacement) {
    put(std::string_view(*decided.replacement).substr(std::min<std::uint64_t>(from, decided.replacement->size())), {},
        0);
  } else {
    const Message& whole = decided.version ? *decided.version : message;
    if (decided.version) lone_dots_ = {};
    for (const auto& insertion : decided.insertions) {
      if (!co_await put_message(whole, from, insertion.offset)) co_return false;
      put(insertion.text, {}, 0);
      from = insertion.offset;
    }
    if (!co_await put_message(whole, from, whole.size())) co_return false;
  }
  if (framing_ == proto::Framing::dot) put_raw(dots_.terminator());
  co_await flush();
  co_return true;
}

}  // namespace p3scan::session
