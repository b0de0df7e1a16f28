// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/loader.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>

#include "base/packet_socket.h"
#include "scan/worker_reply.h"
#include "scan/worker_wire.h"
#include "support/temporary.h"
#include "worker/samples.h"
#include "worker/worker.h"

namespace p3scan::worker {
namespace {

using namespace test;

const scan::Verdict kEicar = scan::Infected{.name = "Eicar-Test-Signature", .engine = "libclamav"};

bool readable(int fd) {
  pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, 30000) == 1;
}

std::optional<Packet> next_packet(int fd) { return readable(fd) ? receive_packet(fd) : std::nullopt; }

struct Worker {
  scan::WorkerAnnouncement announcement;
  UniqueFd socket;
  UniqueFd process;

  std::optional<scan::Verdict> scan(std::string_view message) const {
    const auto fd = memory_file(message);
    const int raw = fd.get();
    if (!send_packet(socket.get(), scan::kWorkerJob, {&raw, 1})) return std::nullopt;
    const auto reply = next_packet(socket.get());
    if (!reply || reply->text.empty()) return std::nullopt;
    return scan::decode_worker_reply(reply->text);
  }
  bool ended() const { return readable(process.get()); }
  void kill() const { ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0); }
};

/// The master's and the gateway's ends of a loader in a process of its own.
class LoaderProcess {
 public:
  LoaderProcess(const Options& options, std::uint64_t generation) {
    auto control = packet_sockets();
    auto announcements = packet_sockets();
    if (!control || !announcements) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      control->ours.reset();
      announcements->ours.reset();
      ::_exit(run_loader({.options = options,
                          .generation = generation,
                          .control = std::move(control->theirs),
                          .announcements = std::move(announcements->theirs),
                          .log = Log({.foreground = true})}));
    }
    control_ = std::move(control->ours);
    announcements_ = std::move(announcements->ours);
  }
  LoaderProcess(const LoaderProcess&) = delete;
  LoaderProcess& operator=(const LoaderProcess&) = delete;
  ~LoaderProcess() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }

  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  std::string says() {
    const auto packet = next_packet(control_.get());
    return packet ? packet->text : "nothing";
  }
  void tell(std::string_view text) { send_packet(control_.get(), text); }
  void hang_up() { control_.reset(); }

  Worker worker() {
    auto packet = next_packet(announcements_.get());
    if (!packet || packet->fds.size() != scan::kAnnouncementDescriptors) throw std::runtime_error("no announcement");
    const auto announcement = scan::decode_announcement(packet->text);
    if (!announcement) throw std::runtime_error("no announcement: " + packet->text);
    return {*announcement, std::move(packet->fds[0]), std::move(packet->fds[1])};
  }

 private:
  pid_t pid_ = -1;
  UniqueFd control_;
  UniqueFd announcements_;
};

Options options_in(const TemporaryDirectory& directory, const std::string& database = "/nowhere") {
  return {.database = database, .directory = directory.path(), .workers = 2, .scantimeout = std::chrono::seconds{20}};
}

TEST(Loader, StartsWorkersThatScan) {
  const TemporaryDirectory directory;
  LoaderProcess loader(options_in(directory), 7);
  EXPECT_EQ(loader.says(), "ready");
  const auto first = loader.worker();
  const auto second = loader.worker();
  EXPECT_EQ(first.announcement.generation, 7U);
  EXPECT_NE(first.announcement.pid, second.announcement.pid);
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(first.scan(clean_mail()), scan::Verdict(scan::Clean{}));
    EXPECT_EQ(first.scan(mail_with(kZip)), kEicar);
    EXPECT_EQ(second.scan(mail_with(base64(eicar()))), kEicar);
  }
}

TEST(Loader, ReplacesAWorkerThatWasKilled) {
  const TemporaryDirectory directory;
  LoaderProcess loader(options_in(directory), 1);
  const auto first = loader.worker();
  const auto second = loader.worker();
  first.kill();
  EXPECT_TRUE(first.ended());
  EXPECT_EQ(first.scan(clean_mail()), std::nullopt);
  const auto third = loader.worker();
  std::size_t directories = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path()))
    directories += entry.is_directory() ? 1 : 0;
  EXPECT_EQ(directories, 3U) << "the loader's and those of two living workers";
  EXPECT_NE(third.announcement.pid, first.announcement.pid);
  EXPECT_EQ(third.scan(mail_with(kZip)), kEicar);
  EXPECT_EQ(second.scan(mail_with(kZip)), kEicar);
}

TEST(Loader, WorkersEndWithTheirSockets) {
  const TemporaryDirectory directory;
  LoaderProcess loader(options_in(directory), 1);
  auto worker = loader.worker();
  const auto other = loader.worker();
  worker.socket.reset();
  EXPECT_TRUE(worker.ended());
  EXPECT_EQ(loader.worker().scan(clean_mail()), scan::Verdict(scan::Clean{}));
}

TEST(Loader, EndsOnceItIsRetiredAndItsWorkersAreGone) {
  for (const bool by_hanging_up : {false, true}) {
    const TemporaryDirectory directory;
    LoaderProcess loader(options_in(directory), 1);
    ASSERT_EQ(loader.says(), "ready");
    auto first = loader.worker();
    auto second = loader.worker();
    if (by_hanging_up) loader.hang_up();
    loader.tell("retire");
    first.socket.reset();
    EXPECT_TRUE(first.ended());
    EXPECT_EQ(second.scan(mail_with(kZip)), kEicar) << "a retired loader's workers go on";
    second.socket.reset();
    EXPECT_EQ(loader.wait(), 0);
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
  }
}

TEST(Loader, TellsOfAnotherDatabaseWhichTheNextGenerationTakes) {
  const TemporaryDirectory directory;
  const TemporaryDirectory database;
  const auto mail = mail_with(base64("NewSignatureHere"));
  LoaderProcess old(options_in(directory, database.path()), 1);
  ASSERT_EQ(old.says(), "ready");
  const auto worker = old.worker();
  EXPECT_EQ(worker.scan(mail), scan::Verdict(scan::Clean{}));
  write_file(database.path() + "/new.ndb", "New.Signature:0:*:4e65775369676e617475726548657265\n");
  EXPECT_EQ(old.says(), "changed");
  LoaderProcess fresh(options_in(directory, database.path()), 2);
  EXPECT_EQ(fresh.worker().scan(mail), scan::Verdict(scan::Infected{"New.Signature.UNOFFICIAL", "libclamav"}));
  EXPECT_EQ(worker.scan(mail), scan::Verdict(scan::Clean{})) << "the old generation works on";
}

TEST(Loader, FailsWithABrokenDatabase) {
  const TemporaryDirectory directory;
  const TemporaryDirectory database;
  write_file(database.path() + "/bad.ndb", "Bad:0:*:zz\n");
  LoaderProcess loader(options_in(directory, database.path()), 1);
  EXPECT_EQ(loader.wait(), 1);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(Loader, ClearsWhatACrashLeft) {
  const TemporaryDirectory directory;
  std::filesystem::create_directories(directory.path() + "/scanABCDEF/1");
  write_file(directory.path() + "/scanABCDEF/1/part", "x");
  LoaderProcess loader(options_in(directory), 1);
  ASSERT_EQ(loader.says(), "ready");
  EXPECT_FALSE(std::filesystem::exists(directory.path() + "/scanABCDEF"));
}

TEST(Loader, ChecksADatabase) {
  const TemporaryDirectory directory;
  auto options = options_in(directory);
  const auto without = check(options);
  ASSERT_TRUE(without);
  EXPECT_EQ(*without, "1 signature (no ClamAV database in /nowhere)");
  options.database_required = true;
  EXPECT_FALSE(check(options));
}

TEST(Worker, EndsWhenAJobTakesTooLong) {
  auto sockets = packet_sockets();
  ASSERT_TRUE(sockets);
  const pid_t pid = ::fork();
  if (pid == 0) {
    sockets->ours.reset();
    const auto endless = [](int) -> scan::Verdict {
      for (;;) ::pause();
    };
    ::_exit(serve(sockets->theirs.get(), endless, std::chrono::seconds{1}));
  }
  sockets->theirs.reset();
  const auto message = memory_file("x");
  const int fd = message.get();
  ASSERT_TRUE(send_packet(sockets->ours.get(), scan::kWorkerJob, {&fd, 1}));
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGALRM);
}

TEST(Worker, EndsAfterAPacketThatIsNoJob) {
  auto sockets = packet_sockets();
  ASSERT_TRUE(sockets);
  ASSERT_TRUE(send_packet(sockets->ours.get(), "nonsense"));
  EXPECT_EQ(serve(sockets->theirs.get(), [](int) { return scan::Clean{}; }, std::chrono::seconds{1}), 1);
}

}  // namespace
}  // namespace p3scan::worker
