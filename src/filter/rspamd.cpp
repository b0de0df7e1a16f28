// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/rspamd.h"

#include <fmt/format.h>

#include <span>
#include <utility>

#include "filter/beast.h"
#include "mime/header.h"
#include "mime/spam_fields.h"
#include "scan/rspamd.h"
#include "scanner/cancelled.h"

namespace p3scan {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr unsigned kHttp11 = 11;
constexpr std::uint32_t kHeaderMax = 16384;
constexpr std::size_t kBufferMax = 65536;

/// What the server that delivered a fetched mail wrote on top: the envelope's sender.
std::string return_path(const SpamMail& mail) {
  if (!mail.facts.incoming) return {};
  const auto field = mime::find_field(mime::header_block(mail.bytes), "Return-Path");
  auto path = field ? mime::unfold(field->value) : std::string();
  if (path.starts_with('<') && path.ends_with('>')) path = path.substr(1, path.size() - 2);
  return path;
}

http::request<http::span_body<const char>> request_for(const SpamMail& mail) {
  http::request<http::span_body<const char>> request(http::verb::post, "/checkv2", kHttp11);
  request.set(http::field::host, "localhost");
  request.set(http::field::user_agent, "P3Scan");
  request.set(http::field::connection, "close");
  for (const auto& [name, value] : scan::rspamd_fields(mail.facts, mail.user, return_path(mail)))
    request.set(name, value);
  request.body() = {mail.bytes.data(), mail.bytes.size()};
  request.prepare_payload();
  return request;
}

}  // namespace

asio::awaitable<Result<SpamOpinion, std::string>> RspamdEngine::talk(Socket socket, const SpamMail& mail) {
  const auto request = request_for(mail);
  http::request_serializer<http::span_body<const char>> serializer(request);
  // A write that fails says nothing yet: an answer may be there.
  [[maybe_unused]] const auto [write_error, sent] = co_await http::async_write(socket, serializer, kNothrow);
  co_await throw_if_cancelled();
  http::response_parser<http::string_body> parser;
  parser.header_limit(kHeaderMax);
  parser.body_limit(scan::kRspamdReplyMax);
  beast::flat_buffer buffer(kBufferMax);
  const auto [ec, n] = co_await http::async_read(socket, buffer, parser, kNothrow);
  co_await throw_if_cancelled();
  if (ec) co_return fail(ec.message());
  const auto& response = parser.get();
  auto reply = scan::read_rspamd_reply(response.body());
  if (!reply) co_return fail(std::move(reply.error()));
  if (response.result() != http::status::ok) co_return fail(fmt::format("HTTP status {}", response.result_int()));
  auto changes = mime::without_spam_fields(mime::header_block(mail.bytes));
  changes.spam = reply->spam;
  changes.added = mime::spam_fields(
      {.spam = reply->spam, .score = reply->score, .required = reply->required, .symbols = reply->symbols});
  co_return SpamOpinion{
      .changes = std::move(changes),
      .words = fmt::format("{}, score {:.1f} of {:.1f}", reply->action, reply->score, reply->required)};
}

}  // namespace p3scan
