// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/basic.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <limits>
#include <system_error>

#include "scan/command_line.h"
#include "scanner/cancelled.h"
#include "scanner/program.h"

namespace p3scan {
namespace {

constexpr std::size_t kOutputMax = 64UL * 1024;  // octets of output in which names are looked for
constexpr unsigned kFileMode = 0640;
constexpr int kAttempts = 3;
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

std::string random_name() {
  std::array<unsigned char, 6> random{};
  [[maybe_unused]] const auto n = ::getrandom(random.data(), random.size(), 0);  // a name in use is refused anyway
  std::string name = "/p3scan.";
  for (const auto r : random) name += kLetters[r % kLetters.size()];
  return name;
}

/// The name of a message for as long as the program runs.
class NamedMessage {
 public:
  NamedMessage(Message& message, const std::string& directory) {
    for (int i = 0; i < kAttempts && path_.empty(); ++i) {
      auto path = directory + random_name();
      if (message.link_as(path, kFileMode)) path_ = std::move(path);
    }
    shared_ = !message.in_memory();
    before_ = look();
  }
  NamedMessage(const NamedMessage&) = delete;
  NamedMessage& operator=(const NamedMessage&) = delete;
  NamedMessage(NamedMessage&&) = delete;
  NamedMessage& operator=(NamedMessage&&) = delete;
  ~NamedMessage() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  const std::string& path() const { return path_; }

  /// A program that "cleans" would change what is delivered: the name is a link to the spooled message.
  bool was_changed() const {
    if (!shared_) return false;
    const auto now = look();
    return now && before_ &&
           (now->size != before_->size || now->seconds != before_->seconds || now->nanos != before_->nanos);
  }

 private:
  struct State {
    off_t size;
    time_t seconds;
    long nanos;  // NOLINT(google-runtime-int): of struct timespec
  };
  std::optional<State> look() const {
    struct stat status{};
    if (::stat(path_.c_str(), &status) != 0) return std::nullopt;  // moved or removed: our octets are not touched
    return State{status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
  }

  std::string path_;
  bool shared_ = false;
  std::optional<State> before_;
};

}  // namespace

/// One of the programs that may run at once.
class BasicScanner::Turn {
 public:
  explicit Turn(BasicScanner& scanner) : scanner_(scanner) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  Turn(Turn&&) = delete;
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    --scanner_.running_;
    scanner_.turns_.cancel_one();
  }

 private:
  BasicScanner& scanner_;
};

BasicScanner::BasicScanner(asio::any_io_executor executor, BasicSettings settings, Ready ready, WorkDirectory directory)
    : executor_(std::move(executor)),
      settings_(std::move(settings)),
      ready_(std::move(ready)),
      directory_(std::move(directory)),
      turns_(executor_, asio::steady_timer::time_point::max()) {}

Result<BasicScanner::Ready, std::string> BasicScanner::prepare(const BasicSettings& settings) {
  auto command = scan::split_command_line(settings.command);
  if (!command) return fail("scanner: " + command.error());
  Ready ready{.words = std::move(command->words), .warning = std::move(command->warning), .regexp = std::nullopt};
  if (settings.virusregexp.empty()) return ready;
  auto regexp = scan::VirusRegexp::compile(settings.virusregexp, settings.virusregexp_part);
  if (!regexp) return fail("virusregexp: " + regexp.error());
  ready.regexp = std::move(*regexp);
  return ready;
}

Result<void, std::string> BasicScanner::check(const BasicSettings& settings) {
  const auto ready = prepare(settings);
  if (!ready) return fail(ready.error());
  if (find_program(ready->words.front()).empty()) {
    return fail(fmt::format("scanner: there is no program {}", ready->words.front()));
  }
  if (ready->warning.empty()) return {};
  return fail(
      fmt::format("scanner: {}; quote it, or let a shell run the line: /bin/sh -c '... \"$0\"'", ready->warning));
}

Result<std::unique_ptr<BasicScanner>, std::string> BasicScanner::make(const asio::any_io_executor& executor,
                                                                      const BasicSettings& settings) {
  auto ready = prepare(settings);
  if (!ready) return fail(ready.error());
  auto directory = WorkDirectory::create(settings.directory);
  if (!directory) return fail(directory.error());
  return std::unique_ptr<BasicScanner>(
      new BasicScanner(executor, settings, std::move(*ready), std::move(*directory)));  // the constructor is private
}

asio::awaitable<void> BasicScanner::take_turn() {
  while (running_ >= settings_.most) {
    co_await turns_.async_wait(kNothrow);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() == asio::cancellation_type::none) continue;
    turns_.cancel_one();  // the turn may have been this one's
    co_await throw_if_cancelled();
  }
  ++running_;
}

asio::awaitable<scan::Verdict> BasicScanner::scan(Message& message, const scan::MailFacts& /*facts*/) {
  co_await message.grown(std::numeric_limits<std::uint64_t>::max());
  if (!message.is_complete()) co_return scan::Failed{"basic: the message is incomplete"};
  co_await take_turn();
  const Turn turn(*this);
  const NamedMessage named(message, directory_.path());
  if (named.path().empty()) co_return scan::Failed{"basic: the message can't be given a name in " + directory_.path()};
  auto verdict = co_await run(named.path());
  if (named.was_changed()) co_return scan::Failed{"basic: the scanner changed the message"};
  co_return verdict;
}

asio::awaitable<scan::Verdict> BasicScanner::run(const std::string& path) {
  auto words = ready_.words;
  words.push_back(path);
  auto program = Program::start(executor_, words);
  if (!program) {
    co_return scan::Failed{
        fmt::format("basic: can't start {}: {}", words.front(), std::generic_category().message(program.error()))};
  }
  std::string output;
  const auto exit = co_await program->run(output, kOutputMax);
  co_await throw_if_cancelled();
  auto names = ready_.regexp ? ready_.regexp->names(output) : std::string();
  co_return scan::verdict_of_exit(exit, {settings_.viruscode, settings_.goodcode}, std::move(names));
}

}  // namespace p3scan
