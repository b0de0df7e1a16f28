// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/master.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <sstream>

#include "base/packet_socket.h"
#include "support/temporary.h"

namespace p3scan::app {
namespace {

void say(const std::string& line) {
  const auto text = line + "\n";
  [[maybe_unused]] const auto n = ::write(STDOUT_FILENO, text.data(), text.size());
}

std::string text_of(int fd) {
  std::string text(1000, '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::pread(fd, text.data(), text.size(), 0))));
  return text;
}

/// Greets its gateway by number and ends when that is told to, or goes.
int fake_signer(SignerStart start) {
  say(fmt::format("signer {} has {}", ::getpid(), text_of(start.files.key.get())));
  send_packet(start.control.get(), "something for somebody");
  send_packet(start.gateway.get(), fmt::format("signer {}", ::getpid()));
  receive_packet(start.gateway.get(), Wait::yes);
  return 0;
}

volatile sig_atomic_t term_came = 0;  // NOLINT: a handler has nothing else

/// Says what happens to it on stdout, which the test reads.
int fake_gateway(GatewayStart start) {
  say(fmt::format("gateway {} of user {} with {} listeners", ::getpid(), start.config.user, start.listeners.size()));
  send_packet(start.control.get(), "ready");
  auto signer = std::move(start.signer);
  if (signer) say("gateway is greeted by " + receive_packet(signer.get(), Wait::yes)->text);
  struct sigaction action{};
  action.sa_handler = [](int) { term_came = 1; };  // interrupts recvmsg, unlike std::signal's
  ::sigaction(SIGTERM, &action, nullptr);
  for (;;) {
    pollfd fds[] = {{start.control.get(), POLLIN, 0}, {start.announcements.get(), POLLIN, 0}};
    const sigset_t none{};
    const timespec soon{0, 20'000'000};
    ::ppoll(fds, 2, &soon, &none);
    if (auto packet = receive_packet(start.control.get())) {
      if (packet->text.empty()) break;
      if (packet->text == "signer") {
        signer = std::move(packet->fds.at(0));
        say("gateway is greeted by " + receive_packet(signer.get(), Wait::yes)->text);
        continue;
      }
      say(fmt::format("gateway gets {}: {}", packet->text, packet->fds.empty() ? "" : text_of(packet->fds[0].get())));
    }
    if (const auto packet = receive_packet(start.announcements.get())) say("gateway hears " + packet->text);
    if (term_came != 0 && start.config.draintime > std::chrono::seconds{1}) break;
  }
  say("gateway ends");
  return 0;
}

int fake_loader(worker::LoaderStart start) {
  say(fmt::format("loader {} {}", start.generation, ::getpid()));
  if (start.options.database == "/broken") return 1;
  send_packet(start.announcements.get(), fmt::format("worker of {}", start.generation));
  send_packet(start.control.get(), "ready");
  if (start.options.database == "/changing" && start.generation == 1) send_packet(start.control.get(), "changed");
  while (const auto packet = receive_packet(start.control.get(), Wait::yes)) {
    say(fmt::format("loader {} gets {}", start.generation, packet->text.empty() ? "the end" : packet->text));
    if (packet->text.empty() || packet->text == "retire") return 0;
  }
  return 1;
}

/// A master in a process of its own, and the lines that its children write.
class MasterProcess {
 public:
  explicit MasterProcess(const config::Config& config,
                         std::function<Result<Reread, std::vector<std::string>>()> reread = {}, CaStart ca = {}) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(pipe[1], STDOUT_FILENO);
      ::close(pipe[0]);
      ::close(pipe[1]);
      block_signals();
      MasterStart start{.config = config,
                        .listeners = {},
                        .log = Log({.foreground = true}),
                        .argv = {"p3scan"},
                        .config_name = "test",
                        .gateway_capabilities = {},
                        .reread = std::move(reread),
                        .roles = {.gateway = fake_gateway, .loader = fake_loader, .signer = fake_signer},
                        .ca = std::move(ca)};
      run_master(std::move(start));
      say("master ends");
      ::_exit(0);
    }
    lines_ = UniqueFd(pipe[0]);
    ::close(pipe[1]);
  }
  MasterProcess(const MasterProcess&) = delete;
  MasterProcess& operator=(const MasterProcess&) = delete;
  ~MasterProcess() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    wait();
  }

  void signal(int number) const { ::kill(pid_, number); }
  int wait() {
    int status = 0;
    if (pid_ > 0) ::waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }

  /// Reads on until a line begins with `prefix`; its rest, or nothing after 20 s or at the end.
  std::optional<std::string> line(const std::string& prefix) {
    for (;;) {
      const auto next = next_line();
      if (!next) return std::nullopt;
      seen_.push_back(*next);
      if (next->starts_with(prefix)) return next->substr(prefix.size());
    }
  }
  bool saw(const std::string& line) const { return std::ranges::find(seen_, line) != seen_.end(); }

 private:
  std::optional<std::string> next_line() {
    for (;;) {
      if (const auto end = buffer_.find('\n'); end != std::string::npos) {
        auto line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return line;
      }
      pollfd one{lines_.get(), POLLIN, 0};
      std::array<char, 1000> piece{};
      if (::poll(&one, 1, 20000) != 1) return std::nullopt;
      const auto n = ::read(lines_.get(), piece.data(), piece.size());
      if (n <= 0) return std::nullopt;
      buffer_.append(piece.data(), static_cast<std::size_t>(n));
    }
  }

  pid_t pid_ = -1;
  UniqueFd lines_;
  std::string buffer_;
  std::vector<std::string> seen_;
};

config::Config with_scanner(config::ScannerType type, const std::string& database = "/nowhere") {
  config::Config config;
  config.scanners = {{.type = type, .targets = {}}};
  config.clamdb = database;
  return config;
}

pid_t first_number(const std::string& text) {
  pid_t pid = -1;
  std::istringstream(text) >> pid;
  return pid;
}

TEST(Master, StartsAndEndsItsChildrenInOrder) {
  MasterProcess master(with_scanner(config::ScannerType::libclamav));
  ASSERT_TRUE(master.line("gateway hears worker of 1"));
  master.signal(SIGTERM);
  ASSERT_TRUE(master.line("gateway ends"));
  EXPECT_FALSE(master.saw("loader 1 gets the end")) << "the last sessions still need the scanner";
  EXPECT_TRUE(master.line("loader 1 gets the end"));
  EXPECT_TRUE(master.line("master ends"));
  EXPECT_EQ(master.wait(), 0);
}

TEST(Master, EndsOnCtrlC) {
  MasterProcess master(with_scanner(config::ScannerType::clamd));
  ASSERT_TRUE(master.line("gateway "));
  master.signal(SIGINT);
  EXPECT_TRUE(master.line("master ends"));
  EXPECT_FALSE(master.saw("loader 1")) << "clamd needs no loader";
}

TEST(Master, SecondSignalEndsAtOnce) {
  auto config = with_scanner(config::ScannerType::clamd);
  config.draintime = std::chrono::seconds{0};  // the fake one does not end then
  MasterProcess master(config);
  ASSERT_TRUE(master.line("gateway "));
  master.signal(SIGTERM);
  master.signal(SIGINT);
  EXPECT_TRUE(master.line("master ends"));
  EXPECT_FALSE(master.saw("gateway ends"));
}

TEST(Master, StartsTheGatewayAgain) {
  MasterProcess master(with_scanner(config::ScannerType::libclamav));
  const auto first = master.line("gateway ");
  ASSERT_TRUE(first);
  ASSERT_TRUE(master.line("gateway hears worker of 1"));
  ::kill(first_number(*first), SIGKILL);
  const auto second = master.line("gateway ");
  ASSERT_TRUE(second);
  EXPECT_NE(first_number(*second), first_number(*first));
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("master ends"));
}

TEST(Master, StartsTheLoaderAgainAsANewGeneration) {
  MasterProcess master(with_scanner(config::ScannerType::libclamav));
  const auto first = master.line("loader 1 ");
  ASSERT_TRUE(first);
  ::kill(first_number(*first), SIGKILL);
  EXPECT_TRUE(master.line("gateway hears worker of 2"));
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("master ends"));
}

TEST(Master, RetiresTheOldLoaderOnceTheNewOneIsReady) {
  MasterProcess master(with_scanner(config::ScannerType::libclamav, "/changing"));
  ASSERT_TRUE(master.line("loader 1 gets retire"));
  EXPECT_FALSE(master.saw("loader 2 gets retire"));
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("loader 2 gets the end"));
  EXPECT_TRUE(master.line("master ends"));
}

TEST(Master, GoesOnTryingWithABrokenDatabase) {
  MasterProcess master(with_scanner(config::ScannerType::libclamav, "/broken"));
  EXPECT_TRUE(master.line("loader 2 "));
  EXPECT_TRUE(master.line("loader 3 "));
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("master ends"));
}

TEST(Master, PassesANewConfigurationOn) {
  auto fresh = with_scanner(config::ScannerType::libclamav, "/other");
  fresh.user = "fresh";
  MasterProcess master(with_scanner(config::ScannerType::libclamav),
                       [fresh]() -> Result<Reread, std::vector<std::string>> { return Reread{fresh, "the text"}; });
  const auto first = master.line("gateway ");
  ASSERT_TRUE(first);
  ASSERT_TRUE(master.line("gateway hears worker of 1"));
  master.signal(SIGHUP);
  ASSERT_TRUE(master.line("gateway gets reload: the text"));
  EXPECT_TRUE(master.line("loader 1 gets retire")) << "the database is another one";
  ::kill(first_number(*first), SIGKILL);
  // The first one may still tell of the new workers meanwhile.
  auto second = master.line("gateway ");
  while (second && second->starts_with("hears ")) second = master.line("gateway ");
  ASSERT_TRUE(second);
  EXPECT_NE(second->find("of user fresh"), std::string::npos) << "one that is started later has it, too";
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("master ends"));
}

TEST(Master, KeepsTheLoaderWhenNothingOfItChanged) {
  const auto same = with_scanner(config::ScannerType::libclamav);
  MasterProcess master(same, [same]() -> Result<Reread, std::vector<std::string>> { return Reread{same, "the text"}; });
  ASSERT_TRUE(master.line("gateway hears worker of 1"));
  master.signal(SIGHUP);
  ASSERT_TRUE(master.line("gateway gets reload: the text"));
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("loader 1 gets the end"));
  EXPECT_TRUE(master.line("master ends"));
  EXPECT_FALSE(master.saw("loader 1 gets retire"));
}

TEST(Master, KeepsTheOldConfigurationWhenTheNewOneIsWrong) {
  MasterProcess master(with_scanner(config::ScannerType::clamd), []() -> Result<Reread, std::vector<std::string>> {
    return fail(std::vector<std::string>{"line 1: expected in this test"});
  });
  ASSERT_TRUE(master.line("gateway "));
  master.signal(SIGHUP);
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("master ends"));
  EXPECT_FALSE(master.saw("gateway gets reload: ")) << "a packet would come before the end";
}

/// Files with words in them: the master does not read them.
class Ca {
 public:
  Ca() {
    ::mkdir(path().c_str(), 0700);
    for (const auto* name : {"ca.pem", "untrusted.pem", "ca.key", "untrusted.key"}) write(name, "first");
  }
  void write(const std::string& name, const std::string& text) const {
    const auto file = path() + "/" + name;
    ::unlink(file.c_str());
    test::write_file(file, text);
    ::chmod(file.c_str(), 0600);
  }
  std::string path() const { return directory_.path() + "/ca"; }
  CaStart open() const {
    auto files = authority::open_files(path(), ::geteuid());
    if (!files) return {};
    return {.files = std::move(*files), .owner = ::geteuid()};
  }
  config::Config config() const {
    auto config = with_scanner(config::ScannerType::clamd);
    config.cadir = path();
    return config;
  }
  std::function<Result<Reread, std::vector<std::string>>()> reread() const {
    return [config = config()]() -> Result<Reread, std::vector<std::string>> { return Reread{config, "the text"}; };
  }

 private:
  test::TemporaryDirectory directory_;
};

TEST(Master, WithoutACaThereIsNoSigner) {
  MasterProcess master(with_scanner(config::ScannerType::clamd));
  ASSERT_TRUE(master.line("gateway "));
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("master ends"));
  EXPECT_FALSE(master.saw("gateway is greeted"));
}

TEST(Master, StartsTheSignerAgainAndTellsTheGateway) {
  const Ca ca;
  MasterProcess master(ca.config(), {}, ca.open());
  const auto first = master.line("gateway is greeted by signer ");
  ASSERT_TRUE(first);
  ::kill(first_number(*first), SIGKILL);
  const auto second = master.line("gateway is greeted by signer ");
  ASSERT_TRUE(second);
  EXPECT_NE(*first, *second);
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("master ends"));
}

TEST(Master, ANewGatewayHasANewSigner) {
  const Ca ca;
  MasterProcess master(ca.config(), {}, ca.open());
  const auto gateway = master.line("gateway ");
  const auto first = master.line("gateway is greeted by signer ");
  ASSERT_TRUE(first);
  ::kill(first_number(*gateway), SIGKILL);
  const auto second = master.line("gateway is greeted by signer ");
  ASSERT_TRUE(second);
  EXPECT_NE(*first, *second);
  EXPECT_NE(::kill(first_number(*first), 0), 0) << "the old one ended with its gateway";
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("master ends"));
}

TEST(Master, HangupTakesAChangedCa) {
  const Ca ca;
  MasterProcess master(ca.config(), ca.reread(), ca.open());
  ASSERT_TRUE(master.line("gateway is greeted by signer "));
  master.signal(SIGHUP);
  ASSERT_TRUE(master.line("gateway gets reload"));
  ca.write("ca.key", "second");
  master.signal(SIGHUP);
  ASSERT_TRUE(master.line("gateway is greeted by signer ")) << "only the second time there was another file";
  ASSERT_TRUE(master.line("gateway gets reload"));
  ::chmod((ca.path() + "/ca.key").c_str(), 0644);
  master.signal(SIGHUP);
  ASSERT_TRUE(master.line("gateway gets reload"));
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("master ends"));
}

TEST(Master, HangupTakesACaThatWasNotThere) {
  const Ca ca;
  MasterProcess master(ca.config(), ca.reread(), {.files = {}, .owner = ::geteuid()});
  ASSERT_TRUE(master.line("gateway "));
  master.signal(SIGHUP);
  ASSERT_TRUE(master.line("gateway is greeted by signer "));
  master.signal(SIGTERM);
  EXPECT_TRUE(master.line("master ends"));
}

}  // namespace
}  // namespace p3scan::app
