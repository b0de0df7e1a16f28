// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/ca/serve.h"

#include <fmt/format.h>

#include <memory>

#include "filter/beast.h"

namespace p3scan::app::ca {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using namespace asio::experimental::awaitable_operators;
using Tcp = asio::ip::tcp;

constexpr std::uint32_t kHeaderMax = 8192;
constexpr std::size_t kBufferMax = 16384;
constexpr unsigned kHttp11 = 11;
/// After an accept() that failed, as for want of descriptors.
constexpr auto kPause = std::chrono::milliseconds(100);

using Request = http::request_parser<http::empty_body>;
using Response = http::response<http::string_body>;

Response plain(http::status status, std::string text) {
  Response response(status, kHttp11);
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.body() = std::move(text);
  return response;
}

Response found(Document document) {
  Response response(http::status::ok, kHttp11);
  response.set(http::field::content_type, document.type);
  response.body() = std::move(document.body);
  return response;
}

Response respond(const http::request<http::empty_body>& request, const CaFacts& facts) {
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    auto response = plain(http::status::method_not_allowed, "Only GET and HEAD.\n");
    response.set(http::field::allow, "GET, HEAD");
    return response;
  }
  const auto target = request.target();
  auto wanted = document({target.data(), target.size()}, facts);
  return wanted ? found(std::move(*wanted)) : plain(http::status::not_found, "There is only the page at /.\n");
}

void finish(Response& response, bool head) {
  response.set(http::field::server, "p3scan");
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set("Content-Security-Policy",
               "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
               "frame-ancestors 'none'");
  response.keep_alive(false);
  response.prepare_payload();
  if (head) response.body().clear();
}

/// One request, one response; then the peer's end is waited for, so that no reset overtakes the response.
asio::awaitable<void> converse(Tcp::socket& socket, const CaFacts& facts) {
  beast::flat_buffer buffer(kBufferMax);
  Request parser;
  parser.header_limit(kHeaderMax);
  parser.body_limit(0);
  const auto [read_error, n] = co_await http::async_read(socket, buffer, parser, kNothrow);
  if (read_error == http::error::end_of_stream ||
      (read_error && read_error.category() == asio::error::get_system_category()))
    co_return;
  auto response = read_error ? plain(http::status::bad_request, "That is no request.\n") : respond(parser.get(), facts);
  const bool head = !read_error && parser.get().method() == http::verb::head;
  finish(response, head);
  http::response_serializer<http::string_body> serializer(response);
  const auto [write_error, written] = head ? co_await http::async_write_header(socket, serializer, kNothrow)
                                           : co_await http::async_write(socket, serializer, kNothrow);
  if (write_error) co_return;
  error_code ignored;
  socket.shutdown(Tcp::socket::shutdown_send, ignored);
  std::array<char, 512> rest{};
  for (;;) {
    const auto [ec, size] = co_await socket.async_read_some(asio::buffer(rest), kNothrow);
    if (ec) co_return;
  }
}

}  // namespace

Server::Server(asio::io_context& io, CaFacts facts, ServeLimits limits)
    : io_(io), acceptor_(io), facts_(std::move(facts)), limits_(limits), place_(io) {
  place_.expires_at(asio::steady_timer::time_point::max());
}

Result<void, std::string> Server::listen(const std::string& address, std::uint16_t port) {
  error_code ec;
  const auto where = asio::ip::make_address(address, ec);
  if (ec) return fail(fmt::format("'{}' is no address", address));
  const Tcp::endpoint endpoint(where, port);
  acceptor_.open(endpoint.protocol(), ec);
  if (!ec) acceptor_.set_option(Tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor_.bind(endpoint, ec);
  if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return fail(fmt::format("Can't listen on {}, port {}: {}", address, port, ec.message()));
  return {};
}

std::uint16_t Server::port() const { return acceptor_.local_endpoint().port(); }

void Server::start() { asio::co_spawn(io_, accept(), asio::detached); }

asio::awaitable<void> Server::accept() {
  for (;;) {
    while (connections_ >= limits_.connections) co_await place_.async_wait(kNothrow);
    auto [ec, socket] = co_await acceptor_.async_accept(kNothrow);
    if (ec == asio::error::operation_aborted) co_return;
    if (ec) {
      asio::steady_timer pause(io_, kPause);
      co_await pause.async_wait(kNothrow);
      continue;
    }
    ++connections_;
    asio::co_spawn(io_, answer(std::move(socket)), [this](const std::exception_ptr&) { done(); });
  }
}

asio::awaitable<void> Server::answer(Tcp::socket socket) {
  asio::steady_timer patience(io_, limits_.patience);
  co_await (converse(socket, facts_) || patience.async_wait(kNothrow));
}

void Server::done() {
  --connections_;
  place_.cancel();
}

}  // namespace p3scan::app::ca
