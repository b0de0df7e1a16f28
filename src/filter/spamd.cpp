// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/spamd.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "mime/spam_fields.h"
#include "scanner/cancelled.h"

namespace p3scan {
namespace {

using namespace asio::experimental::awaitable_operators;
using Reading = Result<scan::SpamdReply, scan::SpamdError>;

constexpr std::size_t kPiece = 16384;
constexpr std::size_t kMoreThanSent = std::size_t{128} * 1024;  // octets of a reply beyond the header that was sent

/// Never done: a write that fails says nothing, the reply or the end of the connection does.
asio::awaitable<void> send(SpamDaemon::Socket& socket, std::string_view request, std::string_view message) {
  const std::array<asio::const_buffer, 2> parts = {asio::buffer(request), asio::buffer(message)};
  const auto [ec, n] = co_await asio::async_write(socket, parts, kNothrow);
  error_code ignored;
  if (!ec) socket.shutdown(asio::socket_base::shutdown_send, ignored);
  asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  co_await never.async_wait(kNothrow);
}

/// `text` holds what the reply refers to.
asio::awaitable<Reading> receive(SpamDaemon::Socket& socket, std::string& text, std::size_t most) {
  for (bool ended = false;;) {
    if (auto reading = scan::read_spamd_reply(text, ended)) co_return std::move(*reading);
    if (text.size() >= most) break;
    const auto before = text.size();
    text.resize(before + kPiece);
    const auto [ec, n] = co_await socket.async_read_some(asio::buffer(text) + before, kNothrow);
    text.resize(before + n);
    ended = bool(ec);
  }
  co_return fail(scan::SpamdError{.unknown_command = false, .text = "the reply is too long"});
}

SpamOpinion opinion_of(const scan::SpamdReply& reply, std::string_view head) {
  auto changes = mime::header_changes(head, reply.head);
  if (!changes) changes = mime::only_spam_fields(head, reply.head);
  if (changes->added.empty()) {
    changes->added =
        mime::spam_fields({.spam = reply.spam, .score = reply.score, .required = reply.required, .symbols = {}});
  }
  changes->spam = reply.spam;
  return {.changes = std::move(*changes), .words = fmt::format("score {:.1f} of {:.1f}", reply.score, reply.required)};
}

}  // namespace

asio::awaitable<Result<SpamOpinion, std::string>> SpamdEngine::talk(Socket socket, const SpamMail& mail) {
  const auto head = mime::header_block(mail.bytes);
  const auto request = scan::spamd_request(command_, mail.user, mail.bytes.size());
  std::string text;
  auto first = co_await (receive(socket, text, head.size() + kMoreThanSent) || send(socket, request, mail.bytes));
  co_await throw_if_cancelled();
  auto* reading = std::get_if<0>(&first);
  if (reading == nullptr) co_return fail(std::string("the connection broke"));
  if (*reading) co_return opinion_of(**reading, head);
  // The next try, at this message or another one, has the command that every spamd knows.
  if (reading->error().unknown_command) command_ = scan::SpamdCommand::process;
  co_return fail(std::move(reading->error().text));
}

}  // namespace p3scan
