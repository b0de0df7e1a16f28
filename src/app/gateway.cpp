// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/gateway.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <thread>
#include <utility>

#include "app/gateway_services.h"
#include "app/notification_services.h"
#include "authority/leaves.h"
#include "base/asio/asio.h"
#include "base/packet_socket.h"
#include "config/load.h"
#include "session/acceptor.h"
#include "session/changed_memory.h"
#include "session/session.h"

namespace p3scan::app {
namespace {

using session::Acceptor;
using session::Admission;
using session::Services;

/// Threads that wait for disks. Sessions never do.
constexpr std::size_t kBlockingThreads = 4;
/// Of one session: client, server, spool file, engine; and those that no session owns.
constexpr std::uint32_t kDescriptorsPerSession = 4;
constexpr std::uint32_t kDescriptorsBesides = 64;
/// For mail to administrators that still waits at the end.
constexpr auto kLastMails = std::chrono::seconds(5);
constexpr auto kDrainLook = std::chrono::milliseconds(50);

/// As many sessions as there are descriptors for: the others wait in the backlog instead of failing half-way.
std::uint32_t affordable_sessions(std::uint32_t wanted, const Log& log) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return wanted;
  const auto descriptors = static_cast<std::uint64_t>(limit.rlim_cur);
  const auto spare = descriptors > kDescriptorsBesides ? descriptors - kDescriptorsBesides : 0;
  const auto sessions = std::max<std::uint64_t>(1, spare / kDescriptorsPerSession);
  if (sessions >= wanted) return wanted;
  log.warning("maxchilds = {} needs more descriptors than the limit of {}: {} sessions at once, more will wait", wanted,
              descriptors, sessions);
  return static_cast<std::uint32_t>(sessions);
}

/// One event loop with the listening sockets that are its own. A session lives and dies on one loop.
struct Loop {
  asio::io_context io{1};
  std::vector<std::unique_ptr<Acceptor>> acceptors;
  std::shared_ptr<const Services> services;

  /// From any thread.
  void tell_place_free() {
    asio::post(io, [this] {
      for (auto& acceptor : acceptors) acceptor->place_free();
    });
  }
  void stop_accepting() {
    for (auto& acceptor : acceptors) acceptor->stop();
  }
};

class Gateway {
 public:
  explicit Gateway(GatewayStart start)
      : start_(std::move(start)),
        admission_(limits(start_.config)),
        control_(first().io),
        signals_(first().io, SIGTERM) {
    control_.assign(start_.control.release());
  }

  int run();

 private:
  Loop& first() {
    if (loops_.empty()) make_loops();
    return *loops_.front();
  }
  void make_loops();
  Admission::Limits limits(const config::Config& config) const {
    return {.sessions = affordable_sessions(config.maxchilds, start_.log), .per_client = config.maxperclient};
  }

  void make_acceptors();
  static void accept_on(Loop& loop, Acceptor& acceptor);
  bool make_services(const config::Config& config);
  asio::awaitable<void> obey_master();
  asio::awaitable<void> obey_signal();
  void reload(const Packet& packet);
  void drain();
  asio::awaitable<void> drain_out();

  GatewayStart start_;
  net::OwnConnections own_connections_;
  session::ChangedMemory changed_messages_;
  asio::thread_pool blocking_{kBlockingThreads};
  std::vector<std::unique_ptr<Loop>> loops_;
  Admission admission_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<authority::Leaves> leaves_;
  session::TlsMemory tls_memory_;
  std::unique_ptr<notify::Administrators> administrators_;
  asio::posix::stream_descriptor control_;
  asio::signal_set signals_;
  bool draining_ = false;
};

void Gateway::make_loops() {
  std::uint32_t count = 1;
  for (const auto& listener : start_.listeners) count = std::max(count, listener.loop + 1);
  loops_.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<Loop>());
}

void Gateway::make_acceptors() {
  for (auto& listener : start_.listeners) {
    auto& loop = *loops_[listener.loop];
    loop.acceptors.push_back(
        std::make_unique<Acceptor>(loop.io.get_executor(), std::move(listener.fd), admission_, start_.log));
  }
  for (auto& loop : loops_) {
    admission_.on_leave([&loop = *loop] { loop.tell_place_free(); });
  }
}

void Gateway::accept_on(Loop& loop, Acceptor& acceptor) {
  auto serve = [&loop](net::Socket client, std::optional<Admission::Place> place) {
    asio::co_spawn(loop.io, session::serve(loop.services, std::move(client), std::move(place)), asio::detached);
  };
  asio::co_spawn(loop.io, acceptor.run(std::move(serve)), asio::detached);
}

/// For every loop or, when something is wrong with the configuration, for none.
bool Gateway::make_services(const config::Config& config) {
  auto told = notify_settings(config, start_.log);
  if (!told) {
    start_.log.error("{}", told.error());
    return false;
  }
  auto tls = make_tls(config);
  if (!tls) {
    start_.log.error("{}", tls.error());
    return false;
  }
  tls->memory = &tls_memory_;
  std::vector<std::pair<Loop*, std::shared_ptr<const Services>>> fresh;
  fresh.reserve(loops_.size());
  for (auto& loop : loops_) {
    auto services = build_services({.config = config,
                                    .log = start_.log,
                                    .executor = loop->io.get_executor(),
                                    .workers = *workers_,
                                    .own_connections = own_connections_,
                                    .changed_messages = changed_messages_,
                                    .blocking = blocking_,
                                    .administrators = *administrators_,
                                    .leaves = *leaves_,
                                    .tls = *tls});
    if (!services) {
      start_.log.error("{}", services.error());
      return false;
    }
    fresh.emplace_back(loop.get(), std::move(*services));
  }
  for (const auto& [loop, services] : fresh) {
    asio::post(loop->io, [loop, services] { loop->services = services; });
  }
  administrators_->configure(std::move(*told));
  return true;
}

int Gateway::run() {
  workers_ = std::make_unique<WorkerPool>(first().io.get_executor(), std::move(start_.announcements));
  leaves_ = std::make_unique<authority::Leaves>(first().io.get_executor(), start_.log);
  if (start_.signer) leaves_->connect(std::move(start_.signer));
  administrators_ = std::make_unique<notify::Administrators>(first().io.get_executor(), start_.log);
  make_acceptors();
  if (!make_services(start_.config)) return 1;
  for (auto& loop : loops_) {
    for (auto& acceptor : loop->acceptors) accept_on(*loop, *acceptor);
  }
  asio::co_spawn(first().io, obey_master(), asio::detached);
  asio::co_spawn(first().io, obey_signal(), asio::detached);
  asio::co_spawn(first().io, administrators_->run(), asio::detached);
  send_packet(control_.native_handle(), "ready");
  std::vector<std::jthread> threads;
  threads.reserve(loops_.size());
  for (std::size_t i = 1; i < loops_.size(); ++i) {
    threads.emplace_back([&loop = *loops_[i]] {
      const auto work = asio::make_work_guard(loop.io);
      loop.io.run();
    });
  }
  const auto work = asio::make_work_guard(first().io);
  first().io.run();
  for (auto& loop : loops_) loop->io.stop();
  return 0;
}

asio::awaitable<void> Gateway::obey_master() {
  for (;;) {
    const auto [ec] = co_await control_.async_wait(asio::posix::stream_descriptor::wait_read, kNothrow);
    if (ec) co_return;
    auto packet = receive_packet(control_.native_handle());
    if (!packet) continue;
    if (packet->text.empty()) break;  // the master is gone, and nobody would restart or stop us
    if (packet->text == "reload") reload(*packet);
    if (packet->text == "signer" && packet->fds.size() == 1) leaves_->connect(std::move(packet->fds.front()));
  }
  drain();
}

asio::awaitable<void> Gateway::obey_signal() {
  const auto [ec, signal] = co_await signals_.async_wait(kNothrow);
  if (!ec) drain();
}

/// New sessions get the new configuration, running ones keep theirs. The master has checked it, so errors are rare.
void Gateway::reload(const Packet& packet) {
  if (packet.fds.size() != 1) return;
  const auto text = read_whole(packet.fds.front().get());
  std::vector<const char*> argv;
  argv.reserve(start_.argv.size());
  for (const auto& argument : start_.argv) argv.push_back(argument.c_str());
  auto config = config::load(argv, text, start_.config_name);
  if (!config) {
    for (const auto& error : config.error()) start_.log.error("{}", error);
    return;
  }
  if (!make_services(*config)) return;
  start_.config = std::move(*config);
  admission_.set_limits(limits(start_.config));
}

void Gateway::drain() {
  if (std::exchange(draining_, true)) return;
  for (auto& loop : loops_) asio::post(loop->io, [&loop = *loop] { loop.stop_accepting(); });
  asio::co_spawn(first().io, drain_out(), asio::detached);
}

/// Sessions that are still there when the time is up lose their connections in the middle: without a terminator.
asio::awaitable<void> Gateway::drain_out() {
  const auto end = std::chrono::steady_clock::now() + start_.config.draintime;
  asio::steady_timer timer(first().io);
  while (admission_.sessions() > 0 && std::chrono::steady_clock::now() < end) {
    timer.expires_after(kDrainLook);
    co_await timer.async_wait(kNothrow);
  }
  if (const auto left = admission_.sessions(); left > 0)
    start_.log.warning("{} sessions cut at the end of draintime", left);
  co_await administrators_->finish(kLastMails);
  first().io.stop();
}

}  // namespace

/// Never destroyed: sessions that are cut at the end hang in the middle of things, and the end of the process lets go
/// of all that they hold.
int run_gateway(GatewayStart start) {
  static auto& gateway = *new Gateway(std::move(start));  // NOLINT(cppcoreguidelines-owning-memory)
  return gateway.run();
}

}  // namespace p3scan::app
