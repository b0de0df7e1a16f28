// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/run_program.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include "spool/scratch.h"

namespace p3scan {
namespace {

using test::contents;
using test::noise;
using test::run;
using test::Scratch;
using namespace std::chrono_literals;

std::string octets(const Message& message) {
  std::string all(message.size(), '\0');
  EXPECT_EQ(message.read(0, all), all.size());
  return all;
}

class RunProgramTest : public testing::Test {
 protected:
  ProgramCall shell(std::string text) const {
    return {.words = {"/bin/sh", "-c", std::move(text)},
            .limit = 60s,
            .spool = {.directory = dir.path(), .memory = 100'000, .largest = 1'000'000, .keep_free = 0}};
  }
  ProgramOutput call(std::string_view mail, const ProgramCall& call) {
    Message message(io.get_executor(), {.directory = dir.path(), .memory = 100'000, .keep_free = 0});
    const std::array<std::string_view, 1> pieces = {mail};
    EXPECT_TRUE(message.append(pieces));
    message.complete();
    return run(io, run_program(message, call));
  }

  Scratch dir;
  asio::io_context io;
};

TEST_F(RunProgramTest, GivesTheMessageAndTakesWhatIsPrinted) {
  const auto got = call("a mail\r\n", shell("echo first; cat; echo odd >&2; exit 3"));
  EXPECT_EQ(got.failure, "");
  EXPECT_EQ(got.code, 3);
  ASSERT_NE(got.output, nullptr);
  EXPECT_TRUE(got.output->is_complete());
  EXPECT_EQ(octets(*got.output), "first\na mail\r\n");
  EXPECT_EQ(got.errors, "odd\n");
  EXPECT_FALSE(got.same);
}

TEST_F(RunProgramTest, NoticesWhenNothingChanged) {
  const auto mail = noise(500'000);
  const auto same = call(mail, shell("cat"));
  EXPECT_TRUE(same.same);
  EXPECT_EQ(octets(*same.output), mail);
  EXPECT_FALSE(call(mail, shell("cat; echo")).same);
  EXPECT_FALSE(call(mail, shell("head -c 499999")).same);
  EXPECT_FALSE(call(mail, shell("tail -c 499999; printf x")).same);
  EXPECT_FALSE(call(mail, shell(":")).same);
}

TEST_F(RunProgramTest, RepairsLineEnds) {
  auto repairing = shell("printf 'a\\nb\\r\\nc\\r'; sleep 0; printf '\\n\\n'; cat");
  repairing.repair_line_ends = true;
  EXPECT_EQ(octets(*call("\nx\r\ny", repairing).output), "a\r\nb\r\nc\r\n\r\n\r\nx\r\ny");
}

TEST_F(RunProgramTest, FailsWithAReason) {
  struct Row {
    std::string text;
    std::string failure;
  };
  const std::vector<Row> rows = {
      {"kill -9 $$", "/bin/sh was killed by signal 9"},
      {"cat /dev/zero", "/bin/sh: it printed too much"},
  };
  for (const auto& row : rows) {
    const auto got = call("x", shell(row.text));
    EXPECT_EQ(got.failure, row.failure) << row.text;
    EXPECT_EQ(got.output, nullptr);
  }
  auto missing = shell("");
  missing.words = {"/no/such/program"};
  EXPECT_EQ(call("x", missing).failure, "can't start /no/such/program: No such file or directory");
}

TEST_F(RunProgramTest, KillsTheWholeGroupOfAProgramThatTakesTooLong) {
  ASSERT_EQ(::mkfifo((dir.path() + "/pipe").c_str(), 0600), 0);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is variadic
  const UniqueFd pipe(::open((dir.path() + "/pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  auto slow = shell("exec 3>" + dir.path() + "/pipe; echo >&3; sleep 600 & sleep 600");
  slow.limit = 300ms;
  EXPECT_EQ(call("x", slow).failure, "/bin/sh did not end within 300 ms");
  // Both of its processes hold the pipe open: it ends when they do.
  pollfd watched{.fd = pipe.get(), .events = POLLIN, .revents = 0};
  std::string piece(16, '\0');
  ssize_t n = 1;
  while (n > 0) {
    ASSERT_EQ(::poll(&watched, 1, 30'000), 1);
    n = ::read(pipe.get(), piece.data(), piece.size());
  }
  EXPECT_EQ(n, 0);
}

TEST_F(RunProgramTest, DoesNotWaitForWhoInheritedTheOutput) {
  auto leaving = shell("sleep 20 & echo done");
  leaving.limit = 10s;
  const auto got = call("x", leaving);
  EXPECT_EQ(got.failure, "");
  EXPECT_EQ(octets(*got.output), "done\n");
}

TEST_F(RunProgramTest, BoundsTheErrors) {
  const auto got = call("x", shell("head -c 300000 /dev/zero >&2; echo ok"));
  EXPECT_EQ(got.failure, "");
  EXPECT_EQ(got.errors.size(), 4096U);
  EXPECT_EQ(octets(*got.output), "ok\n");
}

TEST_F(RunProgramTest, ThrowsWhenCancelled) {
  Message message(io.get_executor(), {.directory = dir.path(), .keep_free = 0});
  message.complete();
  asio::cancellation_signal cancel;
  bool thrown = false;
  asio::co_spawn(
      io, run_program(message, shell("sleep 600")),
      asio::bind_cancellation_slot(
          cancel.slot(), [&](const std::exception_ptr& failed, const ProgramOutput&) { thrown = failed != nullptr; }));
  asio::post(io, [&] { cancel.emit(asio::cancellation_type::terminal); });
  io.run();
  EXPECT_TRUE(thrown);
}

TEST(WithUser, ReplacesWithinOneWord) {
  using Words = std::vector<std::string>;
  const Words words = {"prog", "--user", "dspamuser", "--x=dspamuser,dspamuser"};
  EXPECT_EQ(with_user(words, "dspamuser", "joe; rm -rf $(x) @a"),
            (Words{"prog", "--user", "joe; rm -rf $(x) @a", "--x=joe; rm -rf $(x) @a,joe; rm -rf $(x) @a"}));
  EXPECT_EQ(with_user(words, "dspamuser", ""), words);
  EXPECT_EQ(with_user({"p", "htmluser"}, "htmluser", "--config=/tmp/x"), (Words{"p", "unknown"}));
  EXPECT_EQ(with_user({"p", "htmluser"}, "htmluser", std::string_view("a\0b", 3)), (Words{"p", "unknown"}));
  EXPECT_EQ(with_user({"p", "htmluser"}, "htmluser", "htmluserhtmluser"), (Words{"p", "htmluserhtmluser"}));
}

}  // namespace
}  // namespace p3scan
