// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/program_engine.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "scanner/path_scanner.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

namespace fs = std::filesystem;
using scan::Clean;
using scan::Failed;
using scan::Infected;
using scan::Verdict;
using test::noise;
using test::Scratch;

Verdict infected(std::string name) { return Infected{.name = std::move(name), .engine = "basic"}; }

class ProgramTest : public testing::Test {
 protected:
  /// Writes a program for the shell; gives its path.
  std::string script(std::string_view text) {
    const auto path = dir.path() + "/scanner";
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    ::chmod(path.c_str(), 0755);
    return path;
  }
  void use(const std::string& command) {
    settings.command = command;
    auto engine = ProgramEngine::make(io.get_executor(), settings);
    if (!engine) throw std::runtime_error(engine.error());
    auto made = PathScanner::make(io.get_executor(), std::move(*engine), paths);
    if (!made) throw std::runtime_error(made.error());
    scanner = std::move(*made);
  }
  const scan::MailFacts facts;

  std::unique_ptr<Message> message(std::string_view bytes, std::size_t memory = 1 << 20) {
    auto made = std::make_unique<Message>(io.get_executor(),
                                          SpoolLimits{.directory = dir.path(), .memory = memory, .keep_free = 0});
    const std::array<std::string_view, 1> pieces = {bytes};
    EXPECT_TRUE(made->append(pieces));
    made->complete();
    return made;
  }
  Verdict scan(std::string_view bytes = "hello", std::size_t memory = 1 << 20) {
    const auto whole = message(bytes, memory);
    return test::run(io, scanner->scan(*whole, facts));
  }
  /// Messages that still have a name.
  std::size_t left_over() const {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(paths.directory)) count += entry.is_directory() ? 0 : 1;
    return count;
  }

  Scratch dir;
  asio::io_context io;
  ProgramSettings settings{.command = {},
                           .viruscode = {1},
                           .goodcode = {},
                           .unscannablecode = {},
                           .virusregexp = ".*: (.*) FOUND",
                           .virusregexp_part = 1};
  PathSettings paths{.directory = dir.path() + "/children", .altvnmsg_template = {}};
  std::unique_ptr<PathScanner> scanner;
};

TEST_F(ProgramTest, TheExitCodeDecides) {
  struct Row {
    std::string_view text;
    Verdict expected;
  };
  const Row rows[] = {
      {"exit 0", Clean{}},
      {"echo x: Eicar FOUND; exit 0", Clean{}},
      {"echo x: Eicar FOUND; exit 1", infected("Eicar")},
      {"echo x: One FOUND; echo y: Two FOUND >&2; exit 1", infected("One & Two")},
      {"exit 1", infected(std::string(scan::kUnnamedVirus))},
      {"exit 3", Clean{}},
      {"exit 2", Failed{"basic: Your scanner returned neither 0, a viruscode, nor a good viruscode, but 2"}},
      {"kill -KILL $$", Failed{"basic: Scanner returned abnormal signal (9)"}},
      {"exec >&- 2>&-; exit 1", infected(std::string(scan::kUnnamedVirus))},
      {"cat; exit 1", infected(std::string(scan::kUnnamedVirus))},                    // there is no input
      {"sleep 1 & echo x: Eicar FOUND; exit 1", infected("Eicar")},                   // who still holds the pipe
      {"yes | head -c 3000000; exit 1", infected(std::string(scan::kUnnamedVirus))},  // more than a pipe holds
      {"yes x: A FOUND | head -c 3000000; exit 0", Clean{}},
  };
  settings.goodcode = {3};
  for (const auto& row : rows) {
    use(script(row.text));
    EXPECT_EQ(scan(), row.expected) << row.text;
    EXPECT_EQ(left_over(), 0U) << row.text;
  }
}

TEST_F(ProgramTest, GivesTheTrueMessageAsTheLastArgument) {
  paths.directory = dir.path() + "/it's a \"$HOME\"; `x` | *";
  const auto program = script("cat \"$3\" > \"$1\"; stat -c %a \"$3\" >> \"$1\"; exit $(($# - 3))");
  use(program + " '" + dir.path() + "/copy' 'two words'");
  for (const std::size_t memory : {1UL << 20U, 1000UL}) {
    const auto bytes = noise(50'000);
    EXPECT_EQ(scan(bytes, memory), Verdict(Clean{}));
    EXPECT_TRUE(test::contents(dir.path() + "/copy") == bytes + "640\n");
    EXPECT_EQ(left_over(), 0U);
  }
}

TEST_F(ProgramTest, AProgramThatChangesTheMessageIsNotTrusted) {
  use(script("echo cleaned >> \"$1\"; exit 0"));
  EXPECT_TRUE(std::holds_alternative<Failed>(scan(noise(50'000), 1000)));
}

TEST_F(ProgramTest, AProgramThatRemovesTheMessageDoesNoHarm) {
  use(script("rm \"$1\"; exit 0"));
  EXPECT_EQ(scan(noise(50'000), 1000), Verdict(Clean{}));
}

TEST_F(ProgramTest, NoShellActsUponTheLine) {
  use(script("[ \"$1 $2 $3\" = '; $(exit 7) |' ]") + " ';' '$(exit 7)' |");
  EXPECT_EQ(scan(), Verdict(Clean{}));
}

TEST_F(ProgramTest, AProgramThatIsGoneIsFailed) {
  const auto program = script("exit 0");
  use(program);
  fs::remove(program);
  EXPECT_TRUE(std::holds_alternative<Failed>(scan()));
  EXPECT_EQ(left_over(), 0U);
}

TEST_F(ProgramTest, AnIncompleteMessageIsFailed) {
  use(script("exit 0"));
  Message message(io.get_executor(), SpoolLimits{.directory = dir.path(), .keep_free = 0});
  asio::post(io, [&] { message.abandon(); });
  EXPECT_TRUE(std::holds_alternative<Failed>(test::run(io, scanner->scan(message, facts))));
}

/// Who holds the other end shows in the pipe: octets while it lives, its end when all are gone.
class Fifo {
 public:
  explicit Fifo(const std::string& path) {
    if (::mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
    fd_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }
  /// Waits for octets or the end; true: the end.
  bool ended() const {
    pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, -1);
    char c = 0;
    return ::read(fd_.get(), &c, 1) == 0;
  }

 private:
  UniqueFd fd_;
};

TEST_F(ProgramTest, CancellingKillsTheWholeGroup) {
  const Fifo fifo(dir.path() + "/fifo");
  use(script("trap '' TERM INT HUP; exec 9> " + dir.path() + "/fifo; (sleep 1000) & printf x >&9; wait"));
  const auto whole = message("hello");
  asio::cancellation_signal cancel;
  std::optional<Verdict> verdict;
  std::exception_ptr error;
  asio::co_spawn(io, scanner->scan(*whole, facts),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e, Verdict v) {
                   error = std::move(e);
                   verdict = std::move(v);
                 }));
  io.poll();
  ASSERT_FALSE(fifo.ended());
  EXPECT_FALSE(verdict);
  EXPECT_EQ(left_over(), 1U);
  cancel.emit(asio::cancellation_type::all);
  io.run();
  ASSERT_TRUE(verdict);
  EXPECT_TRUE(error || std::holds_alternative<Failed>(*verdict));
  EXPECT_EQ(left_over(), 0U);
  EXPECT_TRUE(fifo.ended());
}

TEST_F(ProgramTest, OnlySoManyAtOnce) {
  paths.most = 2;
  use(script("mkdir slot.$$; [ $(ls -d slot.* | wc -l) -le 2 ] || exit 1; sleep 0.02; rmdir slot.$$"));
  const auto before = fs::current_path();
  fs::current_path(dir.path());
  const auto whole = message("hello");
  int clean = 0;
  asio::cancellation_signal cancel;
  for (int i = 0; i < 8; ++i) {
    asio::co_spawn(io, scanner->scan(*whole, facts),
                   [&](std::exception_ptr, const Verdict& v) { clean += std::holds_alternative<Clean>(v) ? 1 : 0; });
    if (i != 4) continue;
    // One that gives up its place must not take a turn along.
    asio::co_spawn(io, scanner->scan(*whole, facts),
                   asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr, const Verdict&) {}));
  }
  io.poll();
  cancel.emit(asio::cancellation_type::all);
  io.run();
  fs::current_path(before);
  EXPECT_EQ(clean, 8);
}

TEST_F(ProgramTest, SettingsThatCannotWork) {
  const auto program = script("exit 0");
  std::ofstream(dir.path() + "/text") << "exit 0\n";
  struct Row {
    std::string command;
    std::string regexp;
    std::string_view says;
    bool made = false;  // so that the daemon starts
  };
  const Row rows[] = {
      {"", "", "scanner"},
      {"   ", "", "scanner"},
      {"/nowhere/scanner", "", "/nowhere/scanner", true},
      {"no-such-program-here", "", "no-such-program-here", true},
      {dir.path(), "", dir.path(), true},
      {dir.path() + "/text", "", "/text", true},
      {program + " 'x", "", "unbalanced"},
      {program + " | grep x", "", "shell", true},
      {program + " > /dev/null", "", "shell", true},
      {program, "(", "virusregexp"},
      {program, "no part", "virusregexp"},
  };
  for (const auto& row : rows) {
    settings.command = row.command;
    settings.virusregexp = row.regexp;
    const auto checked = ProgramEngine::check(settings);
    ASSERT_FALSE(checked) << row.command << row.regexp;
    EXPECT_NE(checked.error().find(row.says), std::string::npos) << checked.error();
    EXPECT_EQ(ProgramEngine::make(io.get_executor(), settings).has_value(), row.made) << row.command;
  }
  settings.command = "true";
  settings.virusregexp.clear();
  EXPECT_TRUE(ProgramEngine::check(settings)) << "found by PATH";
}

TEST_F(ProgramTest, TheDirectoryGoesWithTheScannerAndAfterACrash) {
  fs::create_directories(paths.directory + "/basic.crash");
  fs::create_directories(paths.directory + "/others");
  std::ofstream(paths.directory + "/basic.crash/p3scan.abcdef") << "x";
  use(script("exit 0"));
  const auto first = std::move(scanner);
  use(script("exit 0"));
  EXPECT_FALSE(fs::exists(paths.directory + "/basic.crash"));
  EXPECT_TRUE(fs::exists(paths.directory + "/others"));
  EXPECT_EQ(std::distance(fs::directory_iterator(paths.directory), {}), 3);
  scanner.reset();
  EXPECT_EQ(std::distance(fs::directory_iterator(paths.directory), {}), 2);
}

}  // namespace
}  // namespace p3scan
