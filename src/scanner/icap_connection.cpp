// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/icap_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>
#include <vector>

#include "scan/icap_chunks.h"
#include "scanner/cancelled.h"

namespace p3scan {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr std::size_t kPiece = 16UL * 1024;
constexpr std::size_t kChunk = 128UL * 1024;           // octets of a message in one write
constexpr std::uint64_t kBodyMax = 4UL * 1024 * 1024;  // of a reply that is read to keep the connection
constexpr std::string_view kEnd = "0\r\n\r\n";
constexpr std::string_view kEndAndAll = "0; ieof\r\n\r\n";  // the preview was all (RFC 3507, 4.5)
constexpr int kContinue = 100;

asio::awaitable<void> forever() {
  asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  co_await never.async_wait(kNothrow);
}

std::string chunk_size(std::size_t size) { return fmt::format("{:x}\r\n", size); }

}  // namespace

asio::awaitable<bool> IcapConnection::more() {
  std::array<char, kPiece> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
  const auto [ec, n] = co_await socket_.async_read_some(asio::buffer(piece), kNothrow);
  if (ec) co_return false;
  heard_ = true;
  in_.append(piece.data(), n);
  co_return true;
}

asio::awaitable<Result<scan::IcapHead, std::string>> IcapConnection::read_head() {
  for (;;) {
    if (const auto size = scan::icap_head_size(in_); size && *size <= scan::kIcapHeadMax) {
      auto head = scan::parse_icap_head(std::string_view(in_).substr(0, *size), "ICAP/1.");
      in_.erase(0, *size);
      co_return head;
    }
    if (in_.size() > scan::kIcapHeadMax) co_return fail(std::string("a header without end"));
    if (!co_await more()) co_return fail(std::string("closed the connection"));
  }
}

/// All that belongs to a final reply behind its head.
asio::awaitable<IcapConnection::Read> IcapConnection::read_final(scan::IcapHead head) {
  Reply reply{.head = std::move(head), .http_status = 0};
  keep_ = false;
  const auto parts = scan::icap_encapsulated(reply.head);
  if (!parts) co_return fail(parts.error());
  while (in_.size() < parts->http_head) {
    if (!co_await more()) co_return fail(std::string("closed the connection"));
  }
  if (parts->http_head != 0) {
    const auto http = scan::parse_icap_head(std::string_view(in_).substr(0, parts->http_head), "HTTP/1.");
    if (http) reply.http_status = http->status;
    in_.erase(0, parts->http_head);
  }
  // Only for the next message: what the body says does not matter.
  const bool read = !parts->body || co_await skip_body();
  keep_ = read && in_.empty() && !reply.head.lists("Connection", "close");
  co_return reply;
}

asio::awaitable<bool> IcapConnection::skip_body() {
  scan::IcapChunks chunks;
  std::uint64_t skipped = 0;
  for (;;) {
    std::string_view octets = in_;
    const auto state = chunks.skip(octets);
    skipped += in_.size() - octets.size();
    in_.erase(0, in_.size() - octets.size());
    if (state == scan::IcapChunks::State::end) co_return true;
    if (state == scan::IcapChunks::State::nonsense || skipped > kBodyMax || !co_await more()) co_return false;
  }
}

asio::awaitable<Result<scan::IcapOptions, std::string>> IcapConnection::options(const scan::IcapTarget& target) {
  const auto request = scan::icap_options_request(target);
  co_await asio::async_write(socket_, asio::buffer(request), kNothrow);
  auto head = co_await read_head();
  if (!head) co_return fail(std::move(head.error()));
  auto reply = co_await read_final(std::move(*head));
  if (!reply) co_return fail(std::move(reply.error()));
  co_return scan::decode_icap_options(reply->head);
}

asio::awaitable<IcapAnswer> IcapConnection::scan(const scan::IcapTarget& target, std::optional<std::size_t> preview,
                                                 Message& message) {
  heard_ = sent_ = keep_ = false;
  if (preview) preview = static_cast<std::size_t>(std::min<std::uint64_t>(*preview, message.size()));
  auto front = scan::icap_respmod_head(target, message.size(), preview);
  if (!preview) co_return co_await finish(co_await read_while_sending(std::move(front), 0, message));
  const bool all = *preview == message.size();
  if (!co_await send_preview(std::move(front), *preview, message)) co_return broken("the message can't be read");
  auto head = co_await read_head();
  if (head && head->status == kContinue && !all) {
    if (!in_.empty()) co_return broken("spoke twice");
    heard_ = false;  // of an answer nothing yet
    head = co_await read_while_sending({}, *preview, message);
  } else {
    sent_ = true;  // it has all that it wants
  }
  co_return co_await finish(std::move(head));
}

/// False if the message can't be read. A connection that broke shows when the reply is read.
asio::awaitable<bool> IcapConnection::send_preview(std::string head, std::size_t preview, Message& message) {
  std::vector<char> octets(preview);
  const auto got = message.read(0, octets);
  if (!got || *got != preview) co_return false;
  const auto size = preview == 0 ? std::string() : chunk_size(preview);
  const auto end = fmt::format("{}{}", preview == 0 ? "" : "\r\n", preview == message.size() ? kEndAndAll : kEnd);
  head += size;
  const std::array<asio::const_buffer, 3> request = {asio::buffer(head), asio::buffer(octets), asio::buffer(end)};
  co_await asio::async_write(socket_, request, kNothrow);
  co_return true;
}

/// The server may answer, and close, before it has everything.
asio::awaitable<Result<scan::IcapHead, std::string>> IcapConnection::read_while_sending(std::string front,
                                                                                        std::uint64_t offset,
                                                                                        Message& message) {
  auto first = co_await (read_head() || send_rest(std::move(front), offset, message));
  if (auto* head = std::get_if<0>(&first)) co_return std::move(*head);
  co_return fail(std::string("the message can't be read"));
}

/// Returns only when the message can't be read. A write that fails says nothing; the reply or the end of file does.
asio::awaitable<void> IcapConnection::send_rest(std::string front, std::uint64_t offset, Message& message) {
  std::vector<char> chunk(static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, message.size() - offset)));
  while (!sent_) {
    const auto got = message.read(offset, chunk);
    if (!got) co_return;
    front += *got == 0 ? std::string(kEnd) : chunk_size(*got);
    const auto end = *got == 0 ? std::string_view() : std::string_view("\r\n");
    const std::array<asio::const_buffer, 3> request = {asio::buffer(front), asio::buffer(chunk.data(), *got),
                                                       asio::buffer(end)};
    const auto [ec, n] = co_await asio::async_write(socket_, request, kNothrow);
    if (ec) break;
    front.clear();
    offset += *got;
    sent_ = *got == 0;
  }
  co_await forever();
}

asio::awaitable<IcapAnswer> IcapConnection::finish(Result<scan::IcapHead, std::string> head) {
  if (!head) co_return broken(head.error());
  auto reply = co_await read_final(std::move(*head));
  if (!reply) co_return broken(reply.error());
  auto verdict = scan::icap_verdict(reply->head, reply->http_status);
  if (!sent_ && std::holds_alternative<scan::Clean>(verdict)) {
    verdict = scan::Failed{"icap: called a message clean before its end"};
  }
  co_return IcapAnswer{.verdict = std::move(verdict), .keep = keep_ && sent_, .heard = true};
}

IcapAnswer IcapConnection::broken(std::string why) const {
  if (!heard_) return {};
  return {.verdict = scan::Failed{"icap: " + std::move(why)}, .keep = false, .heard = true};
}

}  // namespace p3scan
