// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/peer.h"

#include <algorithm>
#include <cstring>

namespace p3scan::session {
namespace {

bool would_block(error_code ec) { return ec == asio::error::would_block || ec == asio::error::try_again; }

}  // namespace

void InputBuffer::move_to(std::size_t capacity) {
  // Not zeroed: a session at full speed would pay for it.
  auto fresh = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > begin_) std::memcpy(fresh.get(), data_.get() + begin_, end_ - begin_);
  data_ = std::move(fresh);
  capacity_ = capacity;
  end_ -= begin_;
  begin_ = 0;
}

std::span<char> InputBuffer::space(bool grow) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (capacity_ == 0) move_to(std::min(kFirst, limit_));
  if (end_ == capacity_ && begin_ > 0 && begin_ >= capacity_ / 2) {
    std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  } else if (end_ == capacity_ || grow) {
    if (capacity_ < limit_) move_to(std::min(capacity_ * 8, limit_));
    if (end_ == capacity_ && begin_ > 0) move_to(capacity_);
  }
  return {data_.get() + end_, capacity_ - end_};
}

void InputBuffer::shrink() {
  if (begin_ != end_) return;
  data_.reset();
  capacity_ = begin_ = end_ = 0;
}

void Peer::attach(net::Socket socket) {
  tls_.reset();  // it refers to the socket
  input_.consume(input_.bytes().size());
  closed_ = unreachable_ = false;
  socket_ = std::move(socket);
  net::tune(*socket_);
  attached_.set();
}

void Peer::attach_tls(std::unique_ptr<net::TlsSession> tls) {
  tls_ = std::move(tls);
  drained_ = false;  // octets of the first record may have come with the handshake
}

std::size_t Peer::receive(std::span<char> into, error_code& ec) {
  return tls_ ? tls_->read(into, ec) : socket_->read_some(asio::buffer(into.data(), into.size()), ec);
}

std::size_t Peer::send(std::span<const asio::const_buffer> buffers, error_code& ec) {
  return tls_ ? tls_->write(buffers, ec) : socket_->write_some(buffers, ec);
}

void Peer::give_up() {
  closed_ = unreachable_ = true;
  attached_.set();
}

void Peer::consume(std::size_t n) {
  if (n == 0) return;
  input_.consume(n);
  // Between the pieces of a large mail the buffer stays.
  if (waiting_ && few_) input_.shrink();
  room_.set();
}

/// Takes what the kernel has, without waiting; the number of octets.
std::size_t Peer::read_ready() {
  std::size_t total = 0;
  drained_ = false;
  for (bool grow = false;; grow = !tls_) {
    const auto space = input_.space(grow);
    if (space.empty()) return total;
    error_code ec;
    const auto n = receive(space, ec);
    if (would_block(ec)) {
      drained_ = true;
      return total;
    }
    if (ec) {
      closed_ = true;
      return total;
    }
    input_.commit(n);
    total += n;
    if (n < space.size() && !tls_) {  // TLS gives a record at a time
      drained_ = true;
      return total;
    }
  }
}

/// A peer that may say nothing for minutes has no buffer meanwhile: the wait is for octets, not for a read.
asio::awaitable<bool> Peer::fill() {
  if (closed_) co_return true;
  // What TLS holds already the kernel will not announce again.
  if (!drained_ && (tls_ || input_.is_large()) && (read_ready() > 0 || closed_)) {
    activity_.touch();
    co_return true;
  }
  input_.shrink();
  if (input_.is_full()) co_return false;
  waiting_ = true;
  const auto [ec] = co_await socket_->async_wait(asio::socket_base::wait_read, kNothrow);
  waiting_ = false;
  if (ec == asio::error::operation_aborted) co_return false;  // the session ends; the peer may well be there
  if (paused_) co_return true;                                // whoever reads now finds out
  activity_.touch();
  if (ec) {
    closed_ = true;
  } else {
    few_ = read_ready() < InputBuffer::kFirst;
  }
  co_return true;
}

asio::awaitable<void> Peer::pump(net::Event& news) {
  while (!socket_ && !closed_) {
    if (!co_await attached_.wait()) co_return;
  }
  while (!closed_) {
    if (!paused_ && co_await fill()) {
      news.set();
    } else if (!co_await room_.wait()) {  // paused, or full: what is held must be used first
      co_return;
    }
  }
  news.set();
}

asio::awaitable<void> Peer::write(std::string_view bytes) {
  const asio::const_buffer one(bytes.data(), bytes.size());
  co_await write(std::span(&one, 1));
}

asio::awaitable<void> Peer::write(std::span<const asio::const_buffer> buffers) {
  if (unreachable_ || !socket_) co_return;
  error_code ec;
  const auto sent = send(buffers, ec);
  if (would_block(ec)) {
    co_await write_rest(std::vector(buffers.begin(), buffers.end()), 0);
  } else if (ec) {
    unreachable_ = true;
  } else if (sent < asio::buffer_size(buffers)) {
    co_await write_rest(std::vector(buffers.begin(), buffers.end()), sent);
  }
  activity_.touch();
}

/// The slow way: the kernel's buffer is full, or there are more buffers than one call takes.
asio::awaitable<void> Peer::write_rest(std::vector<asio::const_buffer> buffers, std::size_t sent) {
  std::span<asio::const_buffer> rest(buffers);
  for (;;) {
    while (!rest.empty() && sent >= rest.front().size()) {
      sent -= rest.front().size();
      rest = rest.subspan(1);
    }
    if (rest.empty()) co_return;
    rest.front() += sent;
    error_code ec;
    sent = send(rest, ec);
    if (would_block(ec)) {
      sent = 0;
      std::tie(ec) = co_await socket_->async_wait(asio::socket_base::wait_write, kNothrow);
    }
    if (ec) {
      unreachable_ = true;
      co_return;
    }
    activity_.touch();
  }
}

void Peer::shutdown_send() {
  if (!socket_) return;
  if (tls_) tls_->close();
  error_code ignored;
  socket_->shutdown(asio::socket_base::shutdown_send, ignored);
  unreachable_ = true;
}

void Peer::abort() {
  closed_ = unreachable_ = true;
  if (!socket_) return;
  error_code ignored;
  socket_->shutdown(asio::socket_base::shutdown_both, ignored);
  socket_->cancel(ignored);
}

}  // namespace p3scan::session
