// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/avpd.h"

#include <fmt/format.h>

#include <ctime>
#include <optional>

#include "scan/aveserver_reply.h"
#include "scan/avpd_reply.h"
#include "scan/printed.h"
#include "scanner/local_socket.h"

namespace p3scan {
namespace {

std::tm local_now() {
  const auto now = std::time(nullptr);
  std::tm local{};
  if (::localtime_r(&now, &local) == nullptr) local = {};  // the daemon does not mind
  return local;
}

/// A question about `path` to kavdaemon.
asio::awaitable<scan::Verdict> ask_avpctl(LocalSocket socket, std::string engine, const std::string& path) {
  const scan::AvpdQuestion question{.path = path, .engine = engine};
  const bool asked = co_await say(socket, scan::avpd_request(path, local_now()));
  std::string reply;
  // Also when it hung up: it may have said why.
  for (;;) {
    const auto heard = co_await hear(socket, reply);
    auto verdict = scan::decode_avpd_reply(reply, question, heard == Heard::the_end);
    if (verdict && !asked && std::holds_alternative<scan::Clean>(*verdict)) {
      verdict = scan::Failed{engine + ": called a file clean before it was asked"};
    }
    if (verdict) co_return std::move(*verdict);
  }
}

asio::awaitable<scan::Verdict> next_answer(LocalSocket& socket, scan::AveserverReader& reader,
                                           const std::string& engine) {
  for (;;) {
    if (auto verdict = reader.answer()) co_return std::move(*verdict);
    std::string octets;
    const auto heard = co_await hear(socket, octets);
    if (heard == Heard::the_end) co_return scan::Failed{engine + ": aveserver closed the connection"};
    reader.add(octets);
  }
}

/// A question about `path` to aveserver. Some greet, some don't: a greeting that comes late must not pass for the answer.
/// So who did not greet in time is asked twice, and both answers count.
asio::awaitable<scan::Verdict> ask_aveserver(LocalSocket socket, std::string engine, const std::string& path,
                                             std::chrono::milliseconds limit) {
  scan::AveserverReader reader(path, engine);
  std::optional<std::string> greeting;
  std::string octets;
  auto heard = Heard::something;
  while (!greeting && heard == Heard::something) {
    octets.clear();
    heard = co_await hear(socket, octets, limit);
    reader.add(octets);
    greeting = reader.line();
  }
  if (greeting && !greeting->starts_with('2')) {
    co_return scan::Failed{fmt::format("{}: aveserver is not ready: {}", engine, scan::printed(*greeting))};
  }
  if (greeting) reader = scan::AveserverReader(path, engine);  // what it said unasked is no answer
  auto request = scan::aveserver_request(path);
  if (!greeting) request += request;
  if (!co_await say(socket, request)) co_return scan::Failed{engine + ": aveserver closed the connection"};
  auto verdict = co_await next_answer(socket, reader, engine);
  if (!greeting) verdict = scan::combine(std::move(verdict), co_await next_answer(socket, reader, engine));
  co_return verdict;
}

}  // namespace

asio::awaitable<scan::Verdict> AvpdEngine::look(const std::string& path, const Message& /*message*/,
                                                const scan::MailFacts& /*facts*/) {
  const auto where = directory_ + "/AvpCtl";
  auto socket = co_await connect_local(where, times_.connect);
  if (!socket) co_return scan::Failed{fmt::format("avpd: {}: {}", where, socket.error())};
  co_return co_await ask_avpctl(std::move(*socket), "avpd", path);
}

asio::awaitable<scan::Verdict> AvpdNewEngine::look(const std::string& path, const Message& /*message*/,
                                                   const scan::MailFacts& /*facts*/) {
  auto version4 = co_await connect_local(directory_ + "/AvpCtl", times_.connect);
  if (version4) co_return co_await ask_avpctl(std::move(*version4), "avpd_new", path);
  auto version5 = co_await connect_local(directory_ + "/aveserver", times_.connect);
  if (version5) co_return co_await ask_aveserver(std::move(*version5), "avpd_new", path, times_.greeting);
  co_return scan::Failed{fmt::format("avpd_new: No KAV daemon running: {}/AvpCtl: {}, {}/aveserver: {}", directory_,
                                     version4.error(), directory_, version5.error())};
}

}  // namespace p3scan
