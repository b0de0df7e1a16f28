// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/path_scanner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <map>

#include "scanner/blocking_job.h"
#include "scanner/fake_daemon.h"
#include "scanner/program_engine.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

namespace fs = std::filesystem;
using scan::Clean;
using scan::Failed;
using scan::Infected;
using scan::Unscannable;
using scan::Verdict;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// Finds "EICAR" in files, and files in directories.
class FakeEngine final : public PathEngine {
 public:
  struct Seen {
    std::vector<std::string> paths;               // asked about
    std::map<std::string, std::string> contents;  // by the name of the file
    std::vector<mode_t> modes;
    bool hangs = false;
    std::string fails_at;  // the content of a file
  };

  FakeEngine(Seen& seen, bool directories) : seen_(seen), directories_(directories) {}
  std::string_view name() const override { return "fake"; }
  bool takes_directories() const override { return directories_; }

  asio::awaitable<Verdict> look(const std::string& path, const Message& /*message*/,
                                const scan::MailFacts& /*facts*/) override {
    seen_.paths.push_back(path);
    if (seen_.hangs) {
      asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
      co_await never.async_wait(asio::use_awaitable);
    }
    if (!fs::is_directory(path)) co_return judge(path);
    mode_of(path);
    Verdict all = Clean{};
    for (const auto& entry : fs::directory_iterator(path)) all = scan::combine(std::move(all), judge(entry.path()));
    co_return all;
  }

 private:
  void mode_of(const std::string& path) {
    struct stat status{};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0);
    seen_.modes.push_back(status.st_mode & 07777U);
  }
  Verdict judge(const std::string& path) {
    mode_of(path);
    auto text = test::contents(path);
    const bool found = text.find("EICAR") != std::string::npos;
    const bool fails = !seen_.fails_at.empty() && text == seen_.fails_at;
    seen_.contents[fs::path(path).filename()] = std::move(text);
    if (fails) return Failed{"fake: " + path};
    if (found) return Infected{.name = "Eicar", .engine = "fake"};
    return Clean{};
  }

  Seen& seen_;
  bool directories_;
};

constexpr std::string_view kMail =
    "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n.. dots\r\n"
    "--b\r\nContent-Type: application/octet-stream; name=\"../../a/b.exe\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "RUlDQVI=\r\n--b--\r\n";

class PathScannerTest : public testing::Test {
 protected:
  void use(bool directories) {
    settings.blocking = &pool;
    auto made = PathScanner::make(io.get_executor(), std::make_unique<FakeEngine>(seen, directories), settings);
    if (!made) throw std::runtime_error(made.error());
    scanner = std::move(*made);
  }
  std::unique_ptr<Message> message(std::string_view bytes, std::size_t memory = 1 << 20) {
    auto made = std::make_unique<Message>(io.get_executor(),
                                          SpoolLimits{.directory = dir.path(), .memory = memory, .keep_free = 0});
    const std::array<std::string_view, 1> pieces = {bytes};
    EXPECT_TRUE(made->append(pieces));
    made->complete();
    return made;
  }
  Verdict scan(std::string_view bytes, std::size_t memory = 1 << 20) {
    const auto whole = message(bytes, memory);
    auto verdict = test::wait_for(io, scanner->scan(*whole, facts));
    EXPECT_EQ(left_over(), 0U);
    return verdict;
  }
  /// What is left when the thread that clears away has done so.
  std::size_t left_over() {
    if (settings.demime) test::wait_for(io, run_blocking<int>(pool, [](const std::atomic<bool>&) { return 0; }));
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(settings.directory)) {
      count += static_cast<std::size_t>(std::distance(fs::directory_iterator(entry), {}));
    }
    return count;
  }
  static std::vector<std::string> names(const FakeEngine::Seen& seen) {
    std::vector<std::string> all;
    for (const auto& [name, text] : seen.contents) all.push_back(name.starts_with("p3scan.") ? "p3scan." : name);
    return all;
  }

  test::Scratch dir;
  asio::thread_pool pool{1};
  asio::io_context io;
  PathSettings settings{.directory = dir.path() + "/children", .altvnmsg_template = {}};
  FakeEngine::Seen seen;
  const scan::MailFacts facts;
  std::unique_ptr<PathScanner> scanner;
};

TEST_F(PathScannerTest, OnePathWithoutDemime) {
  for (const bool directories : {false, true}) {
    use(directories);
    for (const std::size_t memory : {1UL << 20U, 10UL}) {
      seen = {};
      EXPECT_EQ(scan(kMail, memory), Verdict(Clean{})) << "the virus is encoded";
      ASSERT_EQ(seen.paths.size(), 1U);
      EXPECT_THAT(names(seen), ElementsAre("p3scan."));
      EXPECT_TRUE(seen.contents.begin()->second == kMail);
      EXPECT_THAT(seen.modes, ElementsAre(0640));
    }
  }
}

TEST_F(PathScannerTest, EachPartWithDemime) {
  settings.demime = true;
  use(false);
  for (const std::size_t memory : {1UL << 20U, 10UL}) {
    seen = {};
    EXPECT_EQ(scan(kMail, memory), (Verdict{Infected{.name = "Eicar", .engine = "fake"}}));
    EXPECT_THAT(names(seen), UnorderedElementsAre("0001_part", "0002_.__.__a_b.exe", "p3scan.")) << seen.paths.back();
    EXPECT_EQ(seen.contents["0001_part"], "hello\r\n.. dots");
    EXPECT_EQ(seen.contents["0002_.__.__a_b.exe"], "EICAR");
    EXPECT_THAT(seen.modes, ElementsAre(0640, 0640, 0640));
    EXPECT_TRUE(seen.paths[1].starts_with(seen.paths[0] + ".dir/")) << seen.paths[1];
  }
}

TEST_F(PathScannerTest, TheDirectoryOnceWithDemime) {
  settings.demime = true;
  use(true);
  EXPECT_EQ(scan(kMail), (Verdict{Infected{.name = "Eicar", .engine = "fake"}}));
  ASSERT_EQ(seen.paths.size(), 1U);
  EXPECT_TRUE(seen.paths.front().ends_with(".dir"));
  EXPECT_THAT(names(seen), UnorderedElementsAre("0000_mail.eml", "0001_part", "0002_.__.__a_b.exe"));
  EXPECT_TRUE(seen.contents["0000_mail.eml"] == kMail);
  EXPECT_THAT(seen.modes, ElementsAre(0750, 0640, 0640, 0640));
}

TEST_F(PathScannerTest, OnePartThatFailsIsEnough) {
  settings.demime = true;
  use(false);
  seen.fails_at = "hello\r\n.. dots";
  EXPECT_EQ(kind_name(scan("Content-Type: text/plain\r\n\r\nhello\r\n.. dots")), "failed");
  EXPECT_EQ(kind_name(scan(kMail)), "infected") << "a virus in another part counts";
}

TEST_F(PathScannerTest, TheMailItselfIsLookedAtToo) {
  settings.demime = true;
  for (const bool directories : {false, true}) {
    use(directories);
    EXPECT_EQ(kind_name(scan("Subject: EICAR\r\n\r\nhello\r\n")), "infected");
    EXPECT_EQ(scan("Subject: x\r\n\r\nhello\r\n"), Verdict(Clean{}));
    EXPECT_EQ(scan(""), Verdict(Clean{}));
  }
}

TEST_F(PathScannerTest, TooManyPartsAreUnscannable) {
  settings.demime = true;
  use(false);
  std::string many = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 3000; ++i) many += "--b\r\n\r\nx\r\n";
  EXPECT_EQ(kind_name(scan(many + "--b--\r\n")), "unscannable");
  EXPECT_LE(seen.paths.size(), 2001U);
  EXPECT_EQ(kind_name(scan(many + "--b--\r\nEICAR")), "infected") << "in the mail itself";
  std::string deep;
  for (int i = 0; i < 200; ++i) {
    const auto boundary = "b" + std::to_string(i);
    deep.append("Content-Type: multipart/mixed; boundary=").append(boundary).append("\r\n\r\n--").append(boundary) +=
        "\r\n";
  }
  EXPECT_EQ(kind_name(scan(deep + "\r\nhello")), "unscannable");
}

TEST_F(PathScannerTest, TooLittleSpaceIsFailed) {
  settings.demime = true;
  settings.keep_free = std::uint64_t{1} << 60U;
  use(false);
  EXPECT_EQ(kind_name(scan(kMail)), "failed");
  EXPECT_TRUE(seen.paths.empty());
}

TEST_F(PathScannerTest, CancelledWhileTheEngineLooks) {
  for (const bool demime : {false, true}) {
    settings.demime = demime;
    use(false);
    seen = {};
    seen.hangs = true;
    const auto whole = message(kMail);
    asio::cancellation_signal cancel;
    bool ended = false;
    asio::co_spawn(io, scanner->scan(*whole, facts),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, const Verdict&) {
                     ended = true;
                     EXPECT_TRUE(error);
                   }));
    io.restart();
    while (seen.paths.empty()) io.run_one();
    EXPECT_EQ(left_over(), 1U);
    cancel.emit(asio::cancellation_type::all);
    while (!ended) io.run_one();
    EXPECT_EQ(left_over(), 0U);
  }
}

TEST_F(PathScannerTest, CancelledWhileItIsUnpacked) {
  settings.demime = true;
  use(false);
  auto whole = message(kMail);
  asio::cancellation_signal cancel;
  bool ended = false;
  std::promise<void> go_on;
  asio::post(pool, [wait = go_on.get_future().share()] { wait.wait(); });  // the only thread is busy
  asio::co_spawn(io, scanner->scan(*whole, facts),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, const Verdict&) {
                   ended = true;
                   EXPECT_TRUE(error);
                 }));
  io.poll();
  EXPECT_FALSE(ended);
  cancel.emit(asio::cancellation_type::all);
  io.restart();
  while (!ended) io.run_one();
  whole.reset();
  go_on.set_value();
  EXPECT_EQ(left_over(), 0U);
  EXPECT_TRUE(seen.paths.empty());
}

/// The scannertypes basic and bash with altvnmsg.
class TemplateTest : public PathScannerTest {
 protected:
  Verdict run(std::string_view script, ProgramArguments arguments = ProgramArguments::path) {
    const auto path = dir.path() + "/scanner";
    std::ofstream(path) << "#!/bin/sh\nvnmsg=$(dirname \"$1\")/vnmsg\n" << script << "\n";
    ::chmod(path.c_str(), 0755);
    settings.altvnmsg_template = "Virus %VIRUSNAME%\r\n";
    settings.blocking = &pool;
    auto engine = ProgramEngine::make(io.get_executor(), {.name = "bash",
                                                          .arguments = arguments,
                                                          .command = path,
                                                          .viruscode = {1},
                                                          .goodcode = {},
                                                          .unscannablecode = {},
                                                          .virusregexp = "^(.*) FOUND$"});
    scanner = *PathScanner::make(io.get_executor(), *std::move(engine), settings);
    return scan("From: O'Hara\r\n\r\nhello\r\n");
  }
  static std::string notification(const Verdict& verdict) { return std::get<Infected>(verdict).notification; }
};

TEST_F(TemplateTest, IsReadBackWhenThereIsAVirus) {
  EXPECT_EQ(notification(run("exit 1")), "Virus %VIRUSNAME%\r\n");
  EXPECT_EQ(notification(run("echo more >> $vnmsg; exit 1")), "Virus %VIRUSNAME%\r\nmore\n");
  EXPECT_EQ(notification(run("echo new > $vnmsg.new; mv $vnmsg.new $vnmsg; exit 1")), "new\n");
  EXPECT_EQ(run("echo more >> $vnmsg; exit 0"), Verdict(Clean{}));
  settings.demime = true;
  EXPECT_EQ(notification(run("echo more >> $vnmsg; exit 1")), "Virus %VIRUSNAME%\r\nmore\n");
}

TEST_F(TemplateTest, OneThatIsNoneIsNotUsed) {
  EXPECT_EQ(notification(run("rm $vnmsg; exit 1")), "");
  EXPECT_EQ(notification(run("ln -sf /etc/passwd $vnmsg; exit 1")), "");
  EXPECT_EQ(notification(run("rm $vnmsg; mkfifo $vnmsg; exit 1")), "");
  EXPECT_EQ(notification(run("rm $vnmsg; mkdir $vnmsg; exit 1")), "");
  EXPECT_EQ(notification(run("head -c 300000 /dev/zero > $vnmsg; exit 1")), "");
}

TEST_F(TemplateTest, ArgumentsOfBash) {
  EXPECT_EQ(run("[ $# = 14 ] && [ \"$2\" = 'O Hara' ] && [ \"$3\" = '(null)' ] && [ \"${12}\" = P3Scan ]",
                ProgramArguments::details),
            Verdict(Clean{}));
  EXPECT_EQ(std::get<Infected>(run("echo \"$2 FOUND\"; exit 1", ProgramArguments::details)).name, "O Hara");
}

}  // namespace
}  // namespace p3scan
