// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/first_words.h"

#include <array>

#include "base/asio/asio.h"

namespace p3scan::session {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr std::size_t kPiece = 4096;

/// What the kernel has at the moment. False: the client is gone.
bool take_ready(net::Socket& client, std::string& octets) {
  std::array<char, kPiece> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
  error_code ec;
  const auto n = client.read_some(asio::buffer(piece), ec);
  octets.append(piece.data(), n);
  return !ec || ec == asio::error::would_block || ec == asio::error::try_again;
}

FirstWords::Kind kind_of(FirstWords& words) {
  auto hello = proto::parse_client_hello(words.octets);
  if (!hello) return FirstWords::Kind::other;
  words.hello = *std::move(hello);
  return FirstWords::Kind::tls;
}

bool wants_more(const std::string& octets) {
  const auto hello = proto::parse_client_hello(octets);
  return !hello && hello.error() == proto::HelloError::need_more;
}

}  // namespace

asio::awaitable<FirstWords> hear_first_words(net::Socket& client, std::chrono::seconds patience,
                                             std::chrono::seconds limit) {
  FirstWords words;
  asio::steady_timer timer(co_await asio::this_coro::executor, patience);
  while (wants_more(words.octets)) {
    const auto first =
        co_await (client.async_wait(asio::socket_base::wait_read, kNothrow) || timer.async_wait(kNothrow));
    if (first.index() == 1) break;
    const bool fresh = words.octets.empty();
    if (std::get<0>(std::get<0>(first)) || !take_ready(client, words.octets)) {
      words.kind = FirstWords::Kind::gone;
      co_return words;
    }
    if (fresh && !words.octets.empty()) timer.expires_after(limit);
  }
  words.kind = words.octets.empty() ? FirstWords::Kind::silent : kind_of(words);
  co_return words;
}

}  // namespace p3scan::session
