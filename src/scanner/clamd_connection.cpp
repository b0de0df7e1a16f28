// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/clamd_connection.h"

#include <fmt/format.h>

#include <boost/endian/conversion.hpp>
#include <vector>

#include "scan/mail_magic.h"
#include "scanner/local_socket.h"

namespace p3scan {
namespace {

using namespace asio::experimental::awaitable_operators;
using namespace std::string_view_literals;
using Length = std::array<char, 4>;
using Opened = Result<std::unique_ptr<ClamdConnection>, std::string>;

constexpr auto kSession = "zIDSESSION\0"sv;
constexpr auto kInstream = "zINSTREAM\0"sv;
constexpr auto kEnd = "\0\0\0\0"sv;
constexpr std::size_t kChunk = 128UL * 1024;        // octets of a message in one write
constexpr std::size_t kWorthSending = 64UL * 1024;  // of a message that still grows

Length length_of(std::size_t size) {
  return std::bit_cast<Length>(boost::endian::native_to_big(static_cast<std::uint32_t>(size)));
}

std::string_view text(const Length& length) { return {length.data(), length.size()}; }

struct Front {
  std::string_view lead;  // octets of ours before the message
  std::size_t skip = 0;   // octets of the message that are left out
};

Front front_of(const Message& message, Look look) {
  if (look == Look::as_is) return {};
  return {scan::mail_lead(), scan::blank_front(message.head())};
}

asio::awaitable<Opened> open_local(const ClamdTarget& target, std::chrono::seconds limit) {
  auto socket = co_await connect_local(target.path, limit);
  if (!socket) co_return fail(std::move(socket.error()));
  co_return std::make_unique<ClamdConnection>(std::move(*socket));
}

asio::awaitable<Opened> open_remote(const ClamdTarget& target, HostAddresses& addresses, std::chrono::seconds limit) {
  auto socket = co_await connect_host(target.host, target.port, addresses, limit);
  if (!socket) co_return fail(std::move(socket.error()));
  co_return std::make_unique<ClamdConnection>(std::move(*socket));
}

asio::awaitable<void> forever() {
  asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  co_await never.async_wait(kNothrow);
}

asio::awaitable<void> sleep_for(std::chrono::milliseconds limit) {
  asio::steady_timer timer(co_await asio::this_coro::executor, limit);
  co_await timer.async_wait(kNothrow);
}

}  // namespace

asio::awaitable<Opened> ClamdConnection::open(const ClamdTarget& target, HostAddresses& addresses,
                                              std::chrono::seconds limit) {
  auto opened = co_await (target.path.empty() ? open_remote(target, addresses, limit) : open_local(target, limit));
  if (!opened) opened = fail(fmt::format("clamd: {}: {}", target.text, opened.error()));
  co_return opened;
}

std::string ClamdConnection::command() {
  std::string out;
  if (id_++ == 0) out = kSession;
  out += kInstream;
  return out;
}

asio::awaitable<ClamdAnswer> ClamdConnection::scan(Message& message, Look look) {
  replied_ = 0;
  co_return co_await (message.is_complete() && message.in_memory() ? send_whole(message, look)
                                                                   : send_along(message, look));
}

/// One write for everything: a message in memory is small.
asio::awaitable<ClamdAnswer> ClamdConnection::send_whole(Message& message, Look look) {
  const auto [lead, skip] = front_of(message, look);
  const auto bytes = message.bytes().substr(skip);
  auto front = command();
  // A chunk of no octets would be the end of the stream, which follows anyway.
  if (const auto size = lead.size() + bytes.size(); size != 0) front += text(length_of(size));
  front += lead;
  const std::array<asio::const_buffer, 3> request = {asio::buffer(front), asio::buffer(bytes), asio::buffer(kEnd)};
  // clamd answers and closes when there is too much for it, so a failed write is no verdict yet.
  const auto [ec, n] = co_await asio::async_write(socket_, request, kNothrow);
  sent_ = !ec;
  const bool complete = co_await read_reply();
  co_return answer(complete);
}

asio::awaitable<ClamdAnswer> ClamdConnection::send_along(Message& message, Look look) {
  const auto first = co_await (read_reply() || stream(message, look));
  const auto* const complete = std::get_if<0>(&first);
  co_return answer(complete != nullptr && *complete);
}

/// Returns only when the message is abandoned. A write that fails says nothing; the reply or the end of file does.
asio::awaitable<void> ClamdConnection::stream(Message& message, Look look) {
  sent_ = false;
  const auto [lead, skip] = front_of(message, look);
  std::string front = command();
  if (!lead.empty()) front.append(text(length_of(lead.size()))).append(lead);
  std::vector<char> chunk(sizeof(Length) + kChunk);
  std::uint64_t offset = skip;
  std::size_t n = 0;
  do {  // NOLINT(cppcoreguidelines-avoid-do-while): the chunk of no octets goes out for an empty message, too
    if (!message.is_complete()) co_await message.grown(offset + kWorthSending - 1);
    if (message.is_abandoned()) co_return;
    const bool complete = message.is_complete();
    const auto got = message.read(offset, std::span(chunk).subspan(sizeof(Length)));
    if (!got) co_return;
    n = *got;
    if (n == 0 && !complete) continue;
    std::ranges::copy(length_of(n), chunk.begin());  // of no octets: the end
    const std::array<asio::const_buffer, 2> request = {asio::buffer(front),
                                                       asio::buffer(chunk.data(), sizeof(Length) + n)};
    const auto [ec, sent] = co_await asio::async_write(socket_, request, kNothrow);
    if (ec) break;
    front.clear();
    offset += n;
    sent_ = n == 0;
  } while (!sent_);
  co_await forever();
}

/// False if the connection ended, or the reply did not, before its terminator.
asio::awaitable<bool> ClamdConnection::read_reply() {
  while (replied_ < reply_.size()) {
    const auto [ec, n] = co_await socket_.async_read_some(asio::buffer(reply_) + replied_, kNothrow);
    if (ec) co_return false;
    replied_ += n;
    if (reply_[replied_ - 1] == '\0') co_return true;
  }
  co_return false;
}

ClamdAnswer ClamdConnection::answer(bool complete) const {
  if (!complete) return {.verdict = std::nullopt, .keep = false, .heard = replied_ > 0};
  const auto whole = reply().substr(0, replied_ - 1);
  // clamd closes after an error; two replies to one command would be one too many; after an early reply, what is still
  // to be sent would be taken for commands.
  const bool keep = sent_ && whole.find('\0') == std::string_view::npos && !whole.ends_with("ERROR");
  auto verdict = scan::decode_clamd_reply(whole, id_);
  // Before the session began, or when it is over, clamd speaks without a number.
  if (std::holds_alternative<scan::Failed>(verdict) && whole.ends_with("ERROR")) {
    verdict = scan::decode_clamd_reply(whole, 0);
  }
  if (!sent_ && std::holds_alternative<scan::Clean>(verdict)) {
    verdict = scan::Failed{"clamd: called a message clean before its end"};
  }
  return {.verdict = std::move(verdict), .keep = keep, .heard = true};
}

asio::awaitable<std::optional<std::string>> ClamdConnection::ask(std::string_view command,
                                                                 std::chrono::milliseconds limit) {
  const std::string request = std::string(command) + '\0';
  co_await asio::async_write(socket_, asio::buffer(request), kNothrow);
  const auto first = co_await (read_reply() || sleep_for(limit));
  const auto* const complete = std::get_if<0>(&first);
  if (complete == nullptr || !*complete) co_return std::nullopt;
  co_return std::string(reply().substr(0, replied_ - 1));
}

}  // namespace p3scan
