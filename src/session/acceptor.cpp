// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/acceptor.h"

#include <sys/socket.h>

namespace p3scan::session {
namespace {

asio::ip::tcp protocol_of(int fd) {
  int family = 0;
  socklen_t size = sizeof family;
  ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
  return family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
}

/// The host or the process is short of something; waiting helps.
bool is_shortage(error_code ec) {
  return ec == boost::system::errc::too_many_files_open || ec == boost::system::errc::too_many_files_open_in_system ||
         ec == boost::system::errc::no_buffer_space || ec == boost::system::errc::not_enough_memory;
}

}  // namespace

Acceptor::Acceptor(const asio::any_io_executor& executor, UniqueFd listener, Admission& admission, const Log& log)
    : executor_(executor), listener_(executor), admission_(admission), log_(log), place_free_(executor) {
  const auto protocol = protocol_of(listener.get());
  listener_.assign(protocol, listener.release());
}

void Acceptor::stop() {
  stopped_ = true;
  error_code ignored;
  listener_.close(ignored);
  place_free_.set();
}

/// Ended sessions give descriptors back; the time is for those that something else in the process gives back.
asio::awaitable<void> Acceptor::wait_for_descriptors(error_code why) {
  log_.error("Can't accept connections for now: {}; new ones wait", why.message());
  asio::steady_timer timer(executor_, std::chrono::milliseconds(100));
  co_await timer.async_wait(kNothrow);
}

asio::awaitable<Admission::Answer> Acceptor::enter(net::Address client) {
  auto answer = admission_.enter(client);
  if (answer == Admission::Answer::full) log_.warning("MAX_CHILDS ({}) reached!", admission_.sessions());
  while (answer == Admission::Answer::full && !stopped_) {
    co_await place_free_.wait();
    answer = admission_.enter(client);
  }
  co_return answer;
}

asio::awaitable<void> Acceptor::run(Serve serve) {
  while (!stopped_) {
    auto [ec, client] = co_await listener_.async_accept(kNothrow);
    if (stopped_) co_return;
    if (is_shortage(ec)) co_await wait_for_descriptors(ec);
    if (ec) continue;
    error_code gone;
    const auto peer = client.remote_endpoint(gone);
    if (gone) continue;
    const auto address = net::unmapped(peer.address());
    const auto answer = co_await enter(address);
    if (answer == Admission::Answer::full) co_return;  // stopped meanwhile
    std::optional<Admission::Place> place;
    if (answer == Admission::Answer::welcome) place.emplace(admission_, address);
    serve(std::move(client), std::move(place));
  }
}

}  // namespace p3scan::session
