// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/loader.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>
#include <vector>

#include "base/backoff.h"
#include "base/packet_socket.h"
#include "scan/worker_wire.h"
#include "worker/database_watch.h"
#include "worker/engine.h"
#include "worker/private_directory.h"
#include "worker/sandbox.h"
#include "worker/worker.h"

namespace p3scan::worker {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kLookAtDatabase = 2s;
/// Beyond scantimeout, when nobody waits any more.
constexpr auto kOverdue = 5s;
/// Scanning one message may take this much beyond the database: about three times the largest mail body kept whole.
constexpr std::uint64_t kMemory = std::uint64_t{3} << 30;
/// A mail that kills workers comes again and again; waiting longer would stop the others' mail.
constexpr Backoff::seconds kLongestPause{5};
constexpr Backoff::seconds kHealthy{30};

EngineOptions engine_options(const Options& options) {
  return {.database = options.database,
          .database_required = options.database_required,
          .scantimeout = options.scantimeout,
          .largest = options.largest};
}

std::size_t worker_count(const Options& options) {
  return options.workers != 0 ? options.workers : std::max(1U, std::thread::hardware_concurrency());
}

sigset_t our_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  return set;
}

/// One place for a worker process.
struct Slot {
  pid_t pid = -1;
  std::string directory;
  Clock::time_point started;
  std::optional<Clock::time_point> due = Clock::now();
  Backoff backoff{kLongestPause, kHealthy};
};

class Loader {
 public:
  Loader(LoaderStart start, Engine engine, PrivateDirectory directory, DatabaseWatch watch)
      : start_(std::move(start)),
        engine_(std::move(engine)),
        directory_(std::move(directory)),
        watch_(std::move(watch)),
        slots_(worker_count(start_.options)) {}
  int run();

 private:
  void start_what_is_due();
  void start_worker(Slot& slot);
  [[noreturn]] void be_worker(int socket, const std::string& directory);
  bool announce(pid_t pid, int socket);
  void wait();
  void take_signals();
  void take_packets();
  void reap();
  void look_at_database();
  bool idle() const {
    return std::ranges::all_of(slots_, [](const Slot& slot) { return slot.pid < 0; });
  }

  LoaderStart start_;
  Engine engine_;
  PrivateDirectory directory_;
  DatabaseWatch watch_;
  std::vector<Slot> slots_;
  UniqueFd signals_;
  Clock::time_point next_look_ = Clock::now() + kLookAtDatabase;
  std::uint64_t directories_ = 0;
  bool retired_ = false;
};

int Loader::run() {
  const auto set = our_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) return EXIT_FAILURE;
  start_what_is_due();
  start_.log.notice("Scanner ready: {}, {} workers", engine_.description(), slots_.size());
  send_packet(start_.control.get(), "ready");
  while (!retired_ || !idle()) {
    wait();
    take_signals();
    reap();
    take_packets();
    look_at_database();
    start_what_is_due();
  }
  return EXIT_SUCCESS;
}

void Loader::start_what_is_due() {
  for (auto& slot : slots_)
    if (!retired_ && slot.due && *slot.due <= Clock::now()) start_worker(slot);
}

void Loader::start_worker(Slot& slot) {
  slot.due = Clock::now() + kLongestPause;  // until it has worked
  auto sockets = packet_sockets();
  const auto directory = fmt::format("{}/{}", directory_.path(), ++directories_);
  if (!sockets || ::mkdir(directory.c_str(), 0700) != 0)
    return start_.log.error("Can't start a worker: {}", std::generic_category().message(errno));
  const pid_t pid = ::fork();
  if (pid == 0) {
    sockets->ours.reset();
    be_worker(sockets->theirs.get(), directory);
  }
  if (pid < 0) return start_.log.error("Can't start a worker: {}", std::generic_category().message(errno));
  slot.pid = pid;
  slot.directory = directory;
  slot.started = Clock::now();
  slot.due.reset();
  if (!announce(pid, sockets->ours.get())) start_.log.error("A worker could not be announced");
}

/// The gateway may kill the worker, so it gets a descriptor of the process, too.
bool Loader::announce(pid_t pid, int socket) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the C library has no function for it
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  const int fds[] = {socket, process.get()};
  return process &&
         send_packet(start_.announcements.get(),
                     scan::encode_announcement({.generation = start_.generation, .pid = pid}), fds, Wait::yes);
}

void Loader::be_worker(int socket, const std::string& directory) {
  ::prctl(PR_SET_NAME, "p3scan-worker", 0, 0, 0);  // NOLINT(cppcoreguidelines-pro-type-vararg): prctl is
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  start_.control.reset();
  start_.announcements.reset();
  signals_.reset();
  engine_.work_in(directory);
  const auto closed = enter_sandbox({.directory = directory, .memory = kMemory, .file_size = engine_.largest_file()});
  if (!closed) {
    start_.log.error("A worker could not be locked in: {}", closed.error());
    std::_Exit(EXIT_FAILURE);
  }
  std::_Exit(serve(socket, [&](int fd) { return engine_.scan(fd); }, start_.options.scantimeout + kOverdue));
}

void Loader::wait() {
  pollfd fds[] = {{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                  {.fd = start_.control.get(), .events = POLLIN, .revents = 0}};
  auto due = retired_ ? Clock::time_point::max() : next_look_;
  for (const auto& slot : slots_)
    if (slot.due && !retired_) due = std::min(due, *slot.due);
  const auto left = std::clamp<Clock::duration>(due - Clock::now(), 0s, kLookAtDatabase);
  ::poll(fds, std::size(fds), static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
}

void Loader::take_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == sizeof info)
    if (info.ssi_signo == SIGTERM) retired_ = true;
}

void Loader::take_packets() {
  while (start_.control) {
    const auto packet = receive_packet(start_.control.get());
    if (!packet) return;
    // Without a master the gateway still finishes its sessions; the workers end with their sockets.
    if (packet->text.empty() || packet->text == "retire") retired_ = true;
    if (packet->text.empty()) start_.control.reset();
  }
}

void Loader::reap() {
  int status = 0;
  for (;;) {
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid <= 0) return;
    const auto slot = std::ranges::find(slots_, pid, &Slot::pid);
    if (slot == slots_.end()) continue;
    slot->pid = -1;
    std::error_code ignored;
    std::filesystem::remove_all(slot->directory, ignored);  // libclamav's files of the message that it died of
    slot->due = Clock::now() + slot->backoff.after_death(Clock::now() - slot->started);
    if (WIFSIGNALED(status))
      start_.log.error("Attention: worker with pid {} died with abnormal termsignal ({})!", pid, WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
      start_.log.error("Worker with pid {} exited with status {}", pid, WEXITSTATUS(status));
  }
}

void Loader::look_at_database() {
  if (retired_ || Clock::now() < next_look_) return;
  next_look_ = Clock::now() + kLookAtDatabase;
  if (!watch_.changed()) return;
  start_.log.notice("The ClamAV database in {} has changed", start_.options.database);
  send_packet(start_.control.get(), "changed");
}

}  // namespace

int run_loader(LoaderStart start) {
  remove_abandoned(start.options.directory);
  auto directory = PrivateDirectory::create(start.options.directory, "scan");
  if (!directory) {
    start.log.error("{}", directory.error());
    return EXIT_FAILURE;
  }
  // First, so that a change while it loads is noticed.
  DatabaseWatch watch(start.options.database);
  auto engine = Engine::load(engine_options(start.options), directory->path());
  if (!engine) {
    start.log.error("Scanner init failed! {}", engine.error());
    return EXIT_FAILURE;
  }
  if (!has_database(start.options.database))
    start.log.warning("No ClamAV database in {}: only the EICAR test virus is found until there is one",
                      start.options.database);
  if (landlock_version() == 0)
    start.log.warning("This kernel has no Landlock: workers may read what the user may read");
  return Loader(std::move(start), std::move(*engine), std::move(*directory), std::move(watch)).run();
}

Result<std::string, std::string> check(const Options& options) {
  const auto parent = ::access(options.directory.c_str(), W_OK) == 0 ? options.directory : std::string("/tmp");
  const auto directory = PrivateDirectory::create(parent, "check");
  if (!directory) return fail(directory.error());
  const auto engine = Engine::load(engine_options(options), directory->path());
  if (!engine) return fail(engine.error());
  auto text = engine->description();
  if (!has_database(options.database)) text += fmt::format(" (no ClamAV database in {})", options.database);
  return text;
}

}  // namespace p3scan::worker
