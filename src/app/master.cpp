// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/master.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <system_error>

#include "app/child.h"
#include "base/backoff.h"
#include "base/packet_socket.h"
#include "config/text.h"

namespace p3scan::app {
namespace {

using Clock = std::chrono::steady_clock;
using Moment = std::optional<Clock::time_point>;
using namespace std::chrono_literals;

/// Beyond draintime, for a gateway that is about to end.
constexpr auto kSlack = 5s;
/// For loaders, which have nothing to finish.
constexpr auto kLoaderGrace = 2s;

sigset_t our_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&set, signal);
  return set;
}

struct Process {
  pid_t pid = -1;
  UniqueFd control;
  Clock::time_point started = Clock::now();
  bool ready = false;
};

struct Loader : Process {
  std::uint64_t generation = 0;
  bool retiring = false;
};

/// nothing = never
void keep_earlier(Moment& into, const Moment& other) {
  if (other && (!into || *other < *into)) into = other;
}

UniqueFd memory_file(std::string_view text) {
  UniqueFd fd(::memfd_create("p3scan.conf", MFD_CLOEXEC));
  while (fd && !text.empty()) {
    const auto n = ::write(fd.get(), text.data(), text.size());
    if (n <= 0) return UniqueFd{};
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  if (fd) ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

std::string reloading_state() {
  const auto now = Clock::now().time_since_epoch();  // CLOCK_MONOTONIC, which is what systemd wants
  return fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                     std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

class Master {
 public:
  explicit Master(MasterStart start)
      : start_(std::move(start)), signer_(std::move(start_.ca), start_.log, start_.roles.signer) {}
  void run();

 private:
  enum class Phase { serving, draining, ending, over };

  void start_gateway();
  void start_loader();
  void start_signer();
  void start_what_is_due();
  Moment next_due() const;
  void wait();
  void take_signals();
  static void take_packets(Process& process, const std::function<void(const std::string&)>& act);
  void loader_says(Loader& loader, const std::string& text);
  void reap();
  void gateway_ended(int status);
  void loader_ended(std::vector<Loader>::iterator loader, int status);
  void reload();
  void warn_of_fixed_settings(const config::Config& fresh) const;
  void stop();
  void advance_shutdown();
  void kill_all();

  MasterStart start_;
  UniqueFd signals_;
  SocketPair announcements_;  // both ends stay open here: they outlive gateways and loaders
  Process gateway_;
  std::vector<Loader> loaders_;
  SignerKeeper signer_;
  std::uint64_t generation_ = 0;
  Backoff gateway_backoff_;
  Backoff loader_backoff_;
  Moment gateway_due_;
  Moment loader_due_;
  Phase phase_ = Phase::serving;
  Moment kill_at_;
};

void Master::run() {
  const auto set = our_signals();
  signals_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  auto sockets = packet_sockets();
  if (!signals_ || !sockets) throw std::system_error(errno, std::generic_category(), "descriptors of the master");
  announcements_ = std::move(*sockets);
  gateway_due_ = Clock::now();
  if (wants_loader(start_.config)) loader_due_ = Clock::now();
  while (phase_ != Phase::over) {
    start_what_is_due();
    wait();
    take_signals();
    take_packets(gateway_, [&](const std::string& text) {
      if (text != "ready") return;
      gateway_.ready = true;
      ::sd_notify(0, "READY=1\nSTATUS=Serving");
    });
    for (auto& loader : loaders_) take_packets(loader, [&](const std::string& text) { loader_says(loader, text); });
    signer_.log_signatures();
    reap();
    advance_shutdown();
  }
}

void Master::start_gateway() {
  gateway_due_.reset();
  auto sockets = packet_sockets();
  if (!sockets) {
    gateway_due_ = Clock::now() + 1s;
    return start_.log.error("Can't start the gateway: {}", std::generic_category().message(sockets.error()));
  }
  auto signer = signer_.start();
  ChildPlan plan{.name = "p3scan-gateway", .capabilities = start_.gateway_capabilities};
  plan.keep = {sockets->theirs.get(), announcements_.theirs.get()};
  if (signer) plan.keep.push_back(signer.get());
  for (const auto& listener : start_.listeners) plan.keep.push_back(listener.fd.get());
  plan.body = [&] {
    return start_.roles.gateway({.config = start_.config,
                                 .listeners = std::move(start_.listeners),
                                 .control = std::move(sockets->theirs),
                                 .announcements = std::move(announcements_.theirs),
                                 .signer = std::move(signer),
                                 .log = start_.log,
                                 .argv = start_.argv,
                                 .config_name = start_.config_name});
  };
  const auto pid = start_child(plan);
  if (!pid) {
    gateway_due_ = Clock::now() + 1s;
    return start_.log.error("Can't start the gateway: {}", std::generic_category().message(pid.error()));
  }
  gateway_ = {.pid = *pid, .control = std::move(sockets->ours)};
}

void Master::start_loader() {
  loader_due_.reset();
  auto sockets = packet_sockets();
  if (!sockets) {
    loader_due_ = Clock::now() + 1s;
    return start_.log.error("Can't start the scanner: {}", std::generic_category().message(sockets.error()));
  }
  Loader loader;
  loader.generation = ++generation_;
  ChildPlan plan{.name = "p3scan-loader", .keep = {sockets->theirs.get(), announcements_.ours.get()}};
  plan.body = [&] {
    return start_.roles.loader({.options = loader_options(start_.config),
                                .generation = generation_,
                                .control = std::move(sockets->theirs),
                                .announcements = std::move(announcements_.ours),
                                .log = start_.log});
  };
  const auto pid = start_child(plan);
  if (!pid) {
    loader_due_ = Clock::now() + 1s;
    return start_.log.error("Can't start the scanner: {}", std::generic_category().message(pid.error()));
  }
  loader.pid = *pid;
  loader.control = std::move(sockets->ours);
  loaders_.push_back(std::move(loader));
}

/// For the gateway that runs; one that starts gets its own.
void Master::start_signer() {
  const auto socket = signer_.start();
  const int fd = socket.get();
  if (socket && gateway_.control && !send_packet(gateway_.control.get(), "signer", {&fd, 1}))
    start_.log.error("The gateway could not be told of the new signer");
}

void Master::start_what_is_due() {
  if (phase_ != Phase::serving) return;
  const auto now = Clock::now();
  if (gateway_due_ && *gateway_due_ <= now) start_gateway();
  if (loader_due_ && *loader_due_ <= now) start_loader();
  if (signer_.due() && *signer_.due() <= now) start_signer();
}

Moment Master::next_due() const {
  Moment next = kill_at_;
  if (phase_ != Phase::serving) return next;
  keep_earlier(next, gateway_due_);
  keep_earlier(next, loader_due_);
  keep_earlier(next, signer_.due());
  return next;
}

void Master::wait() {
  std::vector<pollfd> fds{{.fd = signals_.get(), .events = POLLIN, .revents = 0}};
  const auto add = [&](const Process& process) {
    if (process.control) fds.push_back({.fd = process.control.get(), .events = POLLIN, .revents = 0});
  };
  add(gateway_);
  for (const auto& loader : loaders_) add(loader);
  if (signer_.control() >= 0) fds.push_back({.fd = signer_.control(), .events = POLLIN, .revents = 0});
  int timeout = -1;
  if (const auto due = next_due())
    timeout = static_cast<int>(
        std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(*due - Clock::now()).count()));
  ::poll(fds.data(), fds.size(), timeout);
}

void Master::take_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) stop();
    if (info.ssi_signo == SIGHUP) reload();
  }
}

void Master::take_packets(Process& process, const std::function<void(const std::string&)>& act) {
  while (process.control) {
    const auto packet = receive_packet(process.control.get());
    if (!packet) return;
    // The process ends; its SIGCHLD tells how.
    if (packet->text.empty()) return process.control.reset();
    act(packet->text);
  }
}

void Master::loader_says(Loader& loader, const std::string& text) {
  if (phase_ != Phase::serving) return;
  if (text == "ready") {
    loader.ready = true;
    for (auto& older : loaders_) {
      if (older.generation >= loader.generation || older.retiring) continue;
      older.retiring = true;
      send_packet(older.control.get(), "retire");
    }
  }
  const bool newest = loader.generation == generation_;
  if (text == "changed" && newest && !loader_due_) loader_due_ = Clock::now();
}

void Master::reap() {
  int status = 0;
  for (;;) {
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid <= 0) return;
    const auto loader = std::ranges::find(loaders_, pid, &Loader::pid);
    if (pid == gateway_.pid) gateway_ended(status);
    if (signer_.is(pid)) signer_.ended(status, phase_ != Phase::serving);
    if (loader != loaders_.end()) loader_ended(loader, status);
  }
}

void Master::gateway_ended(int status) {
  const auto lived = Clock::now() - gateway_.started;
  const auto pid = std::exchange(gateway_, {}).pid;
  if (phase_ != Phase::serving) return;
  const auto pause = gateway_backoff_.after_death(lived);
  gateway_due_ = Clock::now() + pause;
  start_.log.error("The gateway (process {}) {}; it is started again{}", pid, describe_end(status),
                   pause > 0s ? fmt::format(" in {} s", pause.count()) : std::string{});
}

void Master::loader_ended(std::vector<Loader>::iterator loader, int status) {
  const Loader ended = std::move(*loader);
  loaders_.erase(loader);
  if (phase_ != Phase::serving || ended.retiring || !wants_loader(start_.config)) return;
  const bool served_by_another = std::ranges::any_of(loaders_, [](const Loader& l) { return l.ready && !l.retiring; });
  if (served_by_another)
    return start_.log.error("The scanner's new database was not taken (process {} {}); the old one stays in use",
                            ended.pid, describe_end(status));
  const auto pause = loader_backoff_.after_death(Clock::now() - ended.started);
  loader_due_ = Clock::now() + pause;
  start_.log.error("The scanner (process {}) {}; it is started again{}", ended.pid, describe_end(status),
                   pause > 0s ? fmt::format(" in {} s", pause.count()) : std::string{});
}

void Master::warn_of_fixed_settings(const config::Config& fresh) const {
  for (const auto name : config::changed_at_start_only(start_.config, fresh))
    start_.log.warning("{} has changed: that takes effect at the next start", name);
}

void Master::reload() {
  if (phase_ != Phase::serving) return;
  start_.log.notice("Caught HUP, re-reading config...");
  auto fresh = start_.reread();
  if (!fresh) {
    for (const auto& error : fresh.error()) start_.log.error("{}", error);
    return start_.log.error("The configuration has mistakes; the old one stays in use");
  }
  ::sd_notify(0, reloading_state().c_str());
  warn_of_fixed_settings(fresh->config);
  const bool new_loader =
      wants_loader(fresh->config) &&
      (!wants_loader(start_.config) || loader_options(fresh->config) != loader_options(start_.config));
  start_.config = std::move(fresh->config);
  if (signer_.reopen(start_.config.cadir)) start_signer();
  const auto file = memory_file(fresh->text);
  const int fd = file.get();
  if (gateway_.control && (!file || !send_packet(gateway_.control.get(), "reload", {&fd, 1})))
    start_.log.error("The gateway could not be told of the new configuration");
  if (new_loader) loader_due_ = Clock::now();
  ::sd_notify(0, "READY=1");
  start_.log.notice("Caught HUP, ...done.");
}

void Master::stop() {
  if (phase_ != Phase::serving) return kill_all();
  start_.log.notice("signalled, doing cleanup");
  ::sd_notify(0, "STOPPING=1\nSTATUS=Letting sessions finish");
  phase_ = Phase::draining;
  start_.listeners.clear();  // while they are open anywhere, new clients connect and wait for nobody
  kill_at_ = Clock::now() + start_.config.draintime + kSlack;
  if (gateway_.pid > 0) ::kill(gateway_.pid, SIGTERM);
}

void Master::kill_all() {
  if (gateway_.pid > 0) ::kill(gateway_.pid, SIGKILL);
  signer_.kill();
  for (const auto& loader : loaders_) ::kill(loader.pid, SIGKILL);
}

/// First the gateway, whose last sessions still need the scanner, then the loaders.
void Master::advance_shutdown() {
  if (phase_ == Phase::serving) return;
  if (kill_at_ && *kill_at_ <= Clock::now()) {
    kill_at_.reset();
    kill_all();
  }
  if (phase_ == Phase::draining && gateway_.pid < 0) {
    phase_ = Phase::ending;
    kill_at_ = Clock::now() + kLoaderGrace;
    for (auto& loader : loaders_) loader.control.reset();
    // Workers end with their sockets; those that no gateway took are in here.
    announcements_ = {};
  }
  if (phase_ == Phase::ending && loaders_.empty() && !signer_.running()) phase_ = Phase::over;
}

}  // namespace

void run_master(MasterStart start) { Master(std::move(start)).run(); }

void block_signals() {
  const auto set = our_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

worker::Options loader_options(const config::Config& config) {
  return {.database = config.clamdb,
          .database_required = config.clamdb_given,
          .directory = config.virusdir + "/children",
          .workers = config.workers,
          .scantimeout = config.scantimeout,
          .largest = config.maxmessage * 1024};
}

bool wants_loader(const config::Config& config) {
  return std::ranges::any_of(config.scanners, [](const config::ScannerConfig& scanner) {
    return scanner.type == config::ScannerType::libclamav;
  });
}

}  // namespace p3scan::app
