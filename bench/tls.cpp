// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Both sides of a benchmark of TLS: a server, clients that begin one session after the other, clients that stay.
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "args.h"
#include "process.h"
#include "tls_peer.h"

namespace p3scan::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// Speaks as much POP3 as a login needs; everything is +OK.
void serve_one(SSL_CTX* context, int accepted) {
  try {
    TlsPeer client(context, accepted);
    client.say("+OK ready\r\n");
    for (auto line = client.hear(); !line.empty(); line = client.hear()) {
      client.say("+OK\r\n");
      if (line.starts_with("QUIT")) break;
    }
    client.finish();
  } catch (const std::exception& error) {
    fmt::print(stderr, "server: {}\n", error.what());
  }
}

Context server_context(const Args& args) {
  Context context(SSL_CTX_new(TLS_server_method()));
  const auto pem = args.text("identity");
  if (SSL_CTX_use_certificate_chain_file(context.get(), pem.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), pem.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::invalid_argument("no identity in " + pem);
  }
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  if (args.number("tickets", 1) == 0) {
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  }
  return context;
}

int serve(const Args& args) {
  const auto context = server_context(args);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(args.port("port"));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener, 4096) != 0)
    throw std::invalid_argument("can't listen");
  for (;;) {
    const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted >= 0) std::thread(serve_one, context.get(), accepted).detach();
  }
}

/// Sessions in a row: handshake, greeting, QUIT.
class Callers {
 public:
  Callers(const Args& args, SSL_CTX* context)
      : context_(context), port_(args.port("port")), again_(args.number("resume", 0) != 0) {}

  void run(std::uint64_t threads, std::chrono::milliseconds time) {
    end_ = Clock::now() + time;
    std::vector<std::jthread> all;
    for (std::uint64_t i = 0; i < threads; ++i) all.emplace_back([this] { call(); });
  }
  std::uint64_t calls() const { return calls_; }
  std::uint64_t resumed() const { return resumed_; }
  std::uint64_t errors() const { return errors_; }

 private:
  void call() {
    Earlier earlier;
    while (Clock::now() < end_) {
      try {
        call_once(earlier);
      } catch (const std::exception& error) {
        if (++errors_ == 1) fmt::print(stderr, "session: {}\n", error.what());
      }
    }
  }

  void call_once(Earlier& earlier) {
    TlsPeer server(context_, port_, earlier.get());
    if (!server.hear().starts_with("+OK")) throw std::runtime_error("no greeting");
    if (again_) earlier = server.session();
    server.say("QUIT\r\n");
    if (!server.hear().starts_with("+OK")) throw std::runtime_error("no farewell");
    server.finish();
    ++calls_;
    if (server.resumed()) ++resumed_;
  }

  SSL_CTX* context_;
  std::uint16_t port_;
  bool again_;
  Clock::time_point end_;
  std::atomic<std::uint64_t> calls_ = 0;
  std::atomic<std::uint64_t> resumed_ = 0;
  std::atomic<std::uint64_t> errors_ = 0;
};

int call(const Args& args, SSL_CTX* context) {
  const auto pids = args.numbers("pids");
  Callers callers(args, context);
  callers.run(1, std::chrono::milliseconds(50));  // what a proxy makes once is made before the clock starts
  const auto warm = callers.calls();
  const auto warm_resumed = callers.resumed();
  const auto cpu = cpu_seconds(pids);
  const auto start = Clock::now();
  callers.run(args.number("sessions", 16), std::chrono::milliseconds(args.number("ms", 1000)));
  const auto seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const auto calls = static_cast<double>(callers.calls() - warm);
  const auto spent = cpu_seconds(pids) - cpu;
  fmt::print(
      "{{\"handshakes\": {}, \"seconds\": {:.3f}, \"per_s\": {:.1f}, \"resumed\": {}, \"cpu_us_each\": {:.1f}, "
      "\"per_cpu_s\": {:.1f}, \"errors\": {}}}\n",
      calls, seconds, calls / seconds, callers.resumed() - warm_resumed, spent / calls * 1e6,
      spent > 0 ? calls / spent : 0, callers.errors());
  return callers.errors() == 0 && calls > 0 ? 0 : 2;
}

int stay(const Args& args, SSL_CTX* context) {
  const auto pids = args.numbers("pids");
  const auto sessions = args.number("sessions", 1000);
  std::vector<TlsPeer> all;
  const auto settle = static_cast<useconds_t>(args.number("settle", 500) * 1000);
  const auto join = [&] {
    auto& one = all.emplace_back(context, args.port("port"), nullptr);
    one.hear();
    for (const auto* const line : {"USER joe\r\n", "PASS secret\r\n"}) {
      one.say(line);
      if (!one.hear().starts_with("+OK")) throw std::runtime_error("no login");
    }
  };
  constexpr int kFirst = 20;  // bring what a proxy holds once
  for (int i = 0; i < kFirst; ++i) join();
  ::usleep(settle);
  const auto before = memory_of(pids);
  for (std::uint64_t i = 0; i < sessions; ++i) join();
  ::usleep(settle);
  const auto after = memory_of(pids);
  fmt::print("{{\"sessions\": {}, \"pss_kib_each\": {:.2f}, \"pss_kib\": {}}}\n", sessions,
             (static_cast<double>(after.pss) - static_cast<double>(before.pss)) / 1024 / static_cast<double>(sessions),
             after.pss / 1024);
  return 0;
}

int run_tls(int argc, char** argv) {
  const Args args(argc, argv,
                  {{"role", "server, load or idle"},
                   {"port", "to listen on or to connect to, on 127.0.0.1"},
                   {"identity", "of the server: a file in PEM with certificate and key"},
                   {"tickets", "0: the server never takes a session up again (1)"},
                   {"sessions", "at once (16; idle: 1000)"},
                   {"ms", "how long (1000)"},
                   {"resume", "1: clients take their sessions up again (0)"},
                   {"pids", "the processes of the proxy (comma list)"},
                   {"settle", "milliseconds to wait before measuring memory (500)"},
                   {"limit", "give up after so many seconds (120)"}});
  const auto role = args.text("role");
  if (role == "server") return serve(args);
  ::alarm(static_cast<unsigned>(args.number("limit", 120)));
  const Context context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  return role == "idle" ? stay(args, context.get()) : call(args, context.get());
}

}  // namespace
}  // namespace p3scan::bench

int main(int argc, char** argv) { return p3scan::bench::run_main(p3scan::bench::run_tls, argc, argv); }
