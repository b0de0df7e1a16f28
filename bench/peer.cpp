// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// The far side of a benchmark: POP3 server, SMTP sink and fake clamd in one program.
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <new>
#include <system_error>
#include <utility>

#include "args.h"
#include "servers.h"

namespace p3scan::bench {
namespace {

using Serve = Detached (*)(const Context&, UniqueFd);

struct Listener {
  UniqueFd fd;
  Serve serve;
  bool tcp;
  std::uint64_t pace;
};

std::vector<Listener> open_listeners(const Args& args) {
  std::vector<Listener> listeners;
  const auto sending = args.number("send-pace", 0);
  const auto scanning = args.number("scan-pace", 0);
  const auto tcp = [&](const char* name, Serve serve, std::uint64_t pace) {
    if (const auto port = args.port(name); port != 0) listeners.push_back({listen_tcp(port), serve, true, pace});
  };
  tcp("pop3", serve_pop3, sending);
  tcp("smtp", serve_smtp, 0);
  tcp("clamd", serve_clamd, scanning);
  if (const auto path = args.text("socket"); !path.empty())
    listeners.push_back({listen_unix(path), serve_clamd, false, scanning});
  return listeners;
}

/// One process serves all of the listeners, beside its siblings.
[[noreturn]] void serve_all(const std::vector<Listener>& listeners, Counters& counters, const Mailbox& mailbox,
                            bool quickack) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  Loop loop;
  std::vector<Context> contexts;
  contexts.reserve(listeners.size());
  for (const auto& listener : listeners) {
    const auto& context =
        contexts.emplace_back(loop, counters, mailbox, SocketOptions{listener.tcp, quickack, listener.pace});
    accept_all(loop, listener.fd.get(), [&, serve = listener.serve](UniqueFd fd) { serve(context, std::move(fd)); });
  }
  loop.run();
  std::_Exit(0);
}

Counters& shared_counters() {
  void* const page = ::mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  return *new (page) Counters{};
}

int run_peer(int argc, char** argv) {
  const Args args(argc, argv,
                  {{"pop3", "port of the POP3 server"},
                   {"smtp", "port of the SMTP sink"},
                   {"clamd", "port of the fake clamd"},
                   {"socket", "path of the fake clamd"},
                   {"sizes", "octets of mail 1, 2, ... (comma list)"},
                   {"processes", "how many serve (1)"},
                   {"send-pace", "octets a second that the POP3 server sends of a large mail (no limit)"},
                   {"scan-pace", "octets a second that the fake clamd reads (no limit)"},
                   {"quickack", "1: acknowledge every segment at once"}});
  const Mailbox mailbox(args.numbers("sizes"));
  const auto listeners = open_listeners(args);
  auto& counters = shared_counters();
  for (std::uint64_t i = 0; i < args.number("processes", 1); ++i)
    if (::fork() == 0) serve_all(listeners, counters, mailbox, args.number("quickack", 0) != 0);
  fmt::print("ready\n");
  std::fflush(stdout);
  // Whoever started the program asks by a line, and ends it by closing its standard input.
  while (std::getchar() != EOF) {
    fmt::print("{{\"sent\": {}, \"received\": {}, \"scans\": {}}}\n", counters.sent.load(), counters.received.load(),
               counters.scans.load());
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace p3scan::bench

int main(int argc, char** argv) { return p3scan::bench::run_main(p3scan::bench::run_peer, argc, argv); }
