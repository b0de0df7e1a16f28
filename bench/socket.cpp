// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace p3scan::bench {
namespace {

constexpr int kBacklog = 4096;
constexpr std::size_t kDiscardStep = 1024UL * 1024;  // octets thrown away by one call

[[noreturn]] void throw_errno(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void set_option(int fd, int level, int name) {
  const int on = 1;
  ::setsockopt(fd, level, name, &on, sizeof on);
}

sockaddr_in loopback(std::uint16_t port, in_addr_t host = INADDR_LOOPBACK) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(host);
  return address;
}

void start_listening(int fd, const sockaddr* address, socklen_t length) {
  if (::bind(fd, address, length) != 0) throw_errno("bind");
  if (::listen(fd, kBacklog) != 0) throw_errno("listen");
}

UniqueFd new_socket(int family) {
  UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) throw_errno("socket");
  return fd;
}

}  // namespace

Socket::Socket(Loop& loop, UniqueFd fd, SocketOptions options)
    : fd_(std::move(fd)), options_(options), pace_(loop, options.pace) {
  if (options_.tcp) set_option(fd_.get(), IPPROTO_TCP, TCP_NODELAY);
  loop.add(fd_.get(), watch_, EPOLLOUT | EPOLLRDHUP);
}

/// Looks at what recv() gave: octets, 0 for "not now", or throws. A short read means the socket is empty.
std::size_t Socket::received(ssize_t count, std::size_t wanted) {
  if (count == 0) throw Disconnected{};
  if (count < 0) {
    if (errno == EINTR) return 0;
    if (errno != EAGAIN) throw Disconnected{};
    watch_.readable = watch_.hangup;
    return 0;
  }
  if (static_cast<std::size_t>(count) < wanted) watch_.readable = watch_.hangup;
  if (options_.quickack) set_option(fd_.get(), IPPROTO_TCP, TCP_QUICKACK);  // the kernel forgets it after a while
  return static_cast<std::size_t>(count);
}

Task<> Socket::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
  }
  if (end_ == kBuffer) throw Disconnected{};
  for (std::size_t count = 0; count == 0; end_ += count) {
    co_await Ready{watch_, EPOLLIN};
    const auto room = kBuffer - end_;
    count = received(::recv(fd_.get(), buffer_.get() + end_, room, 0), room);
  }
}

Task<std::string_view> Socket::until(char mark) {
  auto at = buffered().find(mark);
  for (; at == std::string_view::npos; at = buffered().find(mark)) co_await fill();
  auto text = buffered().substr(0, at);
  consume(at + 1);
  if (mark == '\n' && text.ends_with('\r')) text.remove_suffix(1);
  co_return text;
}

Task<> Socket::discard(std::uint64_t octets) {
  static thread_local const auto scratch = std::make_unique_for_overwrite<char[]>(kDiscardStep);
  const auto held = std::min<std::uint64_t>(octets, end_ - begin_);
  consume(held);
  octets -= held;
  co_await pace_.after(held);
  while (octets > 0) {
    co_await Ready{watch_, EPOLLIN};
    const auto step = pace_.step(std::min<std::uint64_t>(octets, kDiscardStep));
    const auto count = received(::recv(fd_.get(), scratch.get(), step, options_.tcp ? MSG_TRUNC : 0), step);
    octets -= count;
    co_await pace_.after(count);
  }
}

Task<> Socket::skip_past(std::string_view mark) {
  auto at = buffered().find(mark);
  for (; at == std::string_view::npos; at = buffered().find(mark)) {
    consume(buffered().size() - std::min(buffered().size(), mark.size() - 1));
    co_await fill();
  }
  consume(at + mark.size());
}

Task<> Socket::write(std::string_view bytes) {
  while (!bytes.empty()) {
    co_await Ready{watch_, EPOLLOUT};
    const auto count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(count));
    else if (errno == EAGAIN)
      watch_.writable = false;
    else if (errno != EINTR)
      throw Disconnected{};
  }
}

Task<> Socket::send_file(int fd, std::uint64_t octets) {
  off_t offset = 0;
  restart_pace();
  while (octets > 0) {
    co_await Ready{watch_, EPOLLOUT};
    const auto count = ::sendfile(fd_.get(), fd, &offset, pace_.step(octets));
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) throw Disconnected{};
    if (count < 0) {
      watch_.writable = watch_.writable && errno == EINTR;
      continue;
    }
    octets -= static_cast<std::uint64_t>(count);
    co_await pace_.after(static_cast<std::uint64_t>(count));
  }
}

Task<> Socket::connected() {
  watch_.writable = false;
  co_await Ready{watch_, EPOLLOUT};
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0) throw Disconnected{};
}

UniqueFd listen_tcp(std::uint16_t port) {
  auto fd = new_socket(AF_INET);
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  const auto address = loopback(port);
  start_listening(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return fd;
}

UniqueFd listen_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::system_error(ENAMETOOLONG, std::generic_category(), path);
  path.copy(address.sun_path, path.size());
  ::unlink(path.c_str());
  auto fd = new_socket(AF_UNIX);
  start_listening(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::chmod(path.c_str(), 0666);  // the proxies run as users of their own
  return fd;
}

UniqueFd connect_tcp(std::uint16_t port) {
  auto fd = new_socket(AF_INET);
  const auto from = loopback(0, INADDR_LOOPBACK + 1);
  set_option(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);  // a port of its own only for each pair of ends
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) throw_errno("bind");
  const auto address = loopback(port);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
    throw_errno("connect");
  return fd;
}

Detached accept_all(Loop& loop, int listener, std::function<void(UniqueFd)> serve) {
  Watch watch;
  loop.add(listener, watch, EPOLLEXCLUSIVE);
  for (;;) {
    co_await Ready{watch, EPOLLIN};
    UniqueFd fd(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd)
      serve(std::move(fd));
    else if (errno == EAGAIN)
      watch.readable = false;
    else if (errno != EINTR && errno != ECONNABORTED)
      throw_errno("accept4");
  }
}

}  // namespace p3scan::bench
