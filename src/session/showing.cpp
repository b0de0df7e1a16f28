// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/showing.h"

#include <algorithm>
#include <stdexcept>

#include "scanner/blocking_job.h"

namespace p3scan::session {
namespace {

constexpr std::size_t kChunk = std::size_t{128} * 1024;
constexpr std::size_t kSmall = std::size_t{32} * 1024;  // such a message costs less to read than to hand to a thread
constexpr std::size_t kMostBuffers = 512;               // in one write; the kernel takes 1024

bool fits(const proto::Piece& piece, std::uint64_t size) {
  return piece.offset <= size && piece.length <= size - piece.offset;
}

}  // namespace

asio::awaitable<std::string_view> Showing::run(std::string_view words, std::shared_ptr<Whole> whole,
                                               std::shared_ptr<const proto::Answer> answer) {
  Pieces pieces;
  try {
    pieces = co_await pieces_of(*whole, std::move(answer));
  } catch (const std::runtime_error&) {
    co_return "the decided message can't be read";
  }
  const auto& message = whole->message();
  if (!words.empty()) pending_.emplace_back(words.data(), words.size());
  for (const auto& piece : pieces) {
    if (!fits(piece, message.size())) co_return "an answer about what is not in the message";
    if (!piece.text.empty()) pending_.emplace_back(piece.text.data(), piece.text.size());
    if (!co_await put(message, piece.offset, piece.length)) co_return "the spool can't be read";
    if (pending_.size() >= kMostBuffers) co_await flush();
  }
  co_await flush();
  co_return std::string_view();
}

asio::awaitable<Showing::Pieces> Showing::pieces_of(Whole& whole, std::shared_ptr<const proto::Answer> answer) {
  const auto& message = whole.message();
  if (message.in_memory() && message.size() <= kSmall) co_return answer->make(message.bytes());
  const auto view = whole.view();
  if (!view) throw std::runtime_error("no view");
  co_return co_await run_blocking<Pieces>(
      blocking_, [view = *view, answer](const std::atomic<bool>& /*stop*/) { return answer->make(view->bytes()); });
}

asio::awaitable<bool> Showing::put(const Message& message, std::uint64_t from, std::uint64_t length) {
  if (length == 0) co_return true;
  if (message.in_memory()) {
    const auto octets = message.bytes().substr(from, length);
    pending_.emplace_back(octets.data(), octets.size());
    co_return true;
  }
  if (!chunk_) chunk_ = std::make_unique_for_overwrite<char[]>(kChunk);
  while (length > 0 && !to_.unreachable()) {
    const auto got = message.read(from, {chunk_.get(), std::min<std::uint64_t>(kChunk, length)});
    if (!got || *got == 0) co_return false;
    pending_.emplace_back(chunk_.get(), *got);
    co_await flush();  // before the chunk is used again
    from += *got;
    length -= *got;
  }
  co_return true;
}

asio::awaitable<void> Showing::flush() {
  co_await to_.write(pending_);
  pending_.clear();
}

}  // namespace p3scan::session
