// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>

#include "servers.h"

namespace p3scan::bench {
namespace {

/// "zCOMMAND\0" and "nCOMMAND\n" are clamd's own forms, a bare "COMMAND\n" the old one; the answer ends as the
/// question did.
class FakeClamd {
 public:
  FakeClamd(const Context& context, UniqueFd fd)
      : context_(context), socket_(context.loop, std::move(fd), context.options) {}

  Task<> run() {
    do {
      if (socket_.buffered().empty()) co_await socket_.fill();
      end_ = socket_.buffered().front() == 'z' ? '\0' : '\n';
      std::string command(co_await socket_.until(end_));
      if (command.starts_with('z') || command.starts_with('n')) command.erase(0, 1);
      co_await obey(command);
    } while (session_);
  }

 private:
  Task<> obey(const std::string& command) {
    if (command == "IDSESSION" || command == "SESSION") {
      session_ = true;
      numbered_ = command == "IDSESSION";
      co_return;
    }
    if (command == "END") {
      session_ = false;
      co_return;
    }
    ++asked_;
    if (command == "PING")
      co_await say("PONG");
    else if (command == "VERSION")
      co_await say("ClamAV 1.0.0/0/Mon Jan  1 00:00:00 2024");
    else if (command == "INSTREAM")
      co_await scan_stream();
    else if (command.starts_with("SCAN ") || command.starts_with("CONTSCAN "))
      co_await found_nothing(command.substr(command.find(' ') + 1));
    else
      co_await say("UNKNOWN COMMAND");
  }

  Task<> scan_stream() {
    socket_.restart_pace();
    for (std::uint32_t octets = co_await chunk_size(); octets != 0; octets = co_await chunk_size())
      co_await socket_.discard(octets);
    co_await found_nothing("stream");
  }

  Task<std::uint32_t> chunk_size() {
    constexpr std::size_t kLength = 4;
    while (socket_.buffered().size() < kLength) co_await socket_.fill();
    std::uint32_t octets = 0;
    for (const char digit : socket_.buffered().substr(0, kLength))
      octets = octets << 8U | static_cast<std::uint8_t>(digit);
    socket_.consume(kLength);
    co_return octets;
  }

  Task<> found_nothing(std::string what) {
    context_.counters.scans.fetch_add(1, std::memory_order_relaxed);
    co_await say(what + ": OK");
  }

  Task<> say(std::string text) {
    if (numbered_) text = fmt::format("{}: {}", asked_, text);
    co_await socket_.write(text += end_);
  }

  const Context& context_;
  Socket socket_;
  char end_ = '\n';
  bool session_ = false;
  bool numbered_ = false;
  std::uint64_t asked_ = 0;
};

}  // namespace

Detached serve_clamd(const Context& context, UniqueFd fd) {
  try {
    FakeClamd clamd(context, std::move(fd));
    co_await clamd.run();
  } catch (const Disconnected&) {  // a client that is done may just go
  }
}

}  // namespace p3scan::bench
