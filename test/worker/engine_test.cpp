// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/engine.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <random>

#include "support/temporary.h"
#include "worker/samples.h"

namespace p3scan::worker {
namespace {

using namespace test;
using namespace std::string_literals;

const scan::Verdict kEicar = scan::Infected{.name = "Eicar-Test-Signature", .engine = "libclamav"};
const scan::Verdict kClean = scan::Clean{};

Engine load(const TemporaryDirectory& directory, const EngineOptions& options = {.database = "/nowhere"}) {
  auto engine = Engine::load(options, directory.path());
  if (!engine) throw std::runtime_error(engine.error());
  return std::move(*engine);
}

struct Row {
  const char* name;
  std::string message;
  scan::Verdict verdict;
};

TEST(Engine, SaysWhatIsInAMessage) {
  const Row rows[] = {
      {"empty", "", kClean},
      {"one octet", "x", kClean},
      {"clean", clean_mail(), kClean},
      {"test file alone", eicar(), kEicar},
      {"test file in the body", std::string(kHead) + "\r\n" + eicar() + "\r\n", kEicar},
      {"attached", mail_with(base64(eicar())), kEicar},
      {"attached in a zip", mail_with(kZip), kEicar},
      {"attached in an encrypted zip", mail_with(kEncryptedZip),
       scan::Unscannable{"encrypted: Heuristics.Encrypted.Zip"}},
      {"clean attachment", mail_with(base64("nothing to see")), kClean},
      {"head that is no mail's for libclamav", mail_with(base64(eicar()), "X-Foo: bar\r\n"), kEicar},
      {"head like a zip archive", mail_with(base64(eicar()), "PK\x03\x04: bar\r\n"), kEicar},
      {"head that begins with a blank", mail_with(base64(eicar()), " \r\nFrom: a\r\n"), kEicar},
      {"blank line in front", mail_with(base64(eicar()), "\r\n\r\nFrom: a\r\n"), kEicar},
      {"many blank lines in front", mail_with(base64(eicar()), std::string(9000, '\n') + "Foo: a\r\n"), kEicar},
      {"field in lower case", mail_with(base64(eicar()), "content-language: en\r\n"), kEicar},
      {"mark of a tar archive", mail_with(base64(eicar()), "From: " + std::string(251, 'x') + "ustar\r\n"), kEicar},
      {"mark of a disk image", mail_with(base64(eicar()), "From: " + std::string(506, 'x') + "EFI PART\r\n"), kEicar},
      {"line without a colon", mail_with(base64(eicar()), "nonsense\r\n"), kEicar},
      {"nothing but blanks", "\r\n \r\n", kClean},
      {"NUL in the head", mail_with(base64(eicar()), "\0\0\0\0: bar\r\n"s), kEicar},
      {"bare LF", "From: a\nContent-Transfer-Encoding: base64\n\n" + base64(eicar()), kEicar},
  };
  const TemporaryDirectory directory;
  const auto engine = load(directory);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto fd = memory_file(row.message);
    EXPECT_EQ(engine.scan(fd.get()), row.verdict) << scan::kind_name(engine.scan(fd.get()));
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << "temporary files stay behind";
}

std::string noise(std::size_t size) {
  std::string octets(size, '\0');
  std::minstd_rand random(1);
  for (auto& c : octets) c = static_cast<char>(random() >> 8);
  return octets;
}

TEST(Engine, SeesAllOfALargeMail) {
  const auto large = noise(3'000'000);
  std::string text;
  while (text.size() < 3'000'000) text += "A line of a very long text.\r\n";
  const Row rows[] = {
      {"clean attachment", mail_with(base64(large)), kClean},
      {"at the end of an attachment", mail_with(base64(large + eicar())), kEicar},
      {"at the start of an attachment", mail_with(base64(eicar() + large)), kEicar},
      {"small attachment after a large one",
       mail_with(base64(large) + "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(eicar())), kEicar},
      {"encrypted attachment after a large one",
       mail_with(base64(large) + "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + std::string(kEncryptedZip)),
       scan::Unscannable{"encrypted: Heuristics.Encrypted.Zip"}},
      {"clean text", std::string(kHead) + "\r\n" + text, kClean},
      {"at the end of a text", std::string(kHead) + "\r\n" + text + eicar() + "\r\n", kEicar},
      {"head that is no mail's for libclamav",
       mail_with(base64(large) + "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(eicar()), "X-Foo: x\r\n"),
       kEicar},
      {"in an attachment that is not of the simple form", mail_with(base64(large) + "~\r\n" + base64(eicar())), kEicar},
  };
  const TemporaryDirectory directory;
  const auto engine = load(directory);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto fd = memory_file(row.message);
    EXPECT_EQ(engine.scan(fd.get()), row.verdict);
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << "temporary files stay behind";
}

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST(Engine, LargeMailsTakeLittleMemory) {
  std::string text;
  while (text.size() < 40'000'000) text += "A line of a very long text.\r\n";
  const std::pair<const char*, std::string> rows[] = {
      {"attachment", mail_with(base64(noise(40'000'000)))},
      {"text", std::string(kHead) + "\r\n" + text},
  };
  const TemporaryDirectory directory;
  const auto engine = load(directory);
  for (const auto& [name, mail] : rows) {
    const auto fd = memory_file(mail);
    const pid_t pid = ::fork();
    if (pid == 0) {
      std::ifstream statm("/proc/self/statm");
      std::uint64_t pages = 0;
      for (int column = 0; column < 6; ++column) statm >> pages;
      const auto limit = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) + (16U << 20U);
      const rlimit both{limit, limit};
      ::setrlimit(RLIMIT_DATA, &both);
      ::_exit(engine.scan(fd.get()) == kClean ? 0 : 1);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0) << name;
  }
}
#endif

TEST(Engine, IsNotCleanWhenItCantLook) {
  const TemporaryDirectory directory;
  const auto engine = load(directory, {.database = "/nowhere", .largest = 1000});
  const auto too_large = memory_file(clean_mail() + std::string(1000, 'x'));
  EXPECT_TRUE(std::holds_alternative<scan::Unscannable>(engine.scan(too_large.get())));
  const UniqueFd no_file(::open("/dev/null", O_RDONLY));
  EXPECT_TRUE(std::holds_alternative<scan::Failed>(engine.scan(no_file.get())));
  EXPECT_TRUE(std::holds_alternative<scan::Failed>(engine.scan(-1)));
}

TEST(Engine, IsNotCleanWhenTimeIsUp) {
  const TemporaryDirectory directory;
  const auto engine = load(directory, {.database = "/nowhere", .scantimeout = std::chrono::seconds{0}});
  // Libclamav looks at the clock between files, and calls the time up after the first millisecond.
  std::string parts;
  for (int i = 0; i < 4000; ++i)
    parts += "\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + std::to_string(i) + eicar().substr(1);
  const auto mail =
      memory_file(std::string(kHead) + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + "\r\n--b--\r\n");
  const auto verdict = engine.scan(mail.get());
  EXPECT_TRUE(std::holds_alternative<scan::Unscannable>(verdict)) << scan::kind_name(verdict);
}

TEST(Engine, TakesADatabaseAndSaysWhichOne) {
  const TemporaryDirectory directory;
  const TemporaryDirectory database;
  write_file(database.path() + "/own.ndb", "Own.Signature:0:*:4f776e5369676e61747572654f6e65\n");
  const auto engine = load(directory, {.database = database.path()});
  EXPECT_EQ(engine.description(), "2 signatures");
  const auto mail = memory_file(mail_with(base64("OwnSignatureOne")));
  EXPECT_EQ(engine.scan(mail.get()), scan::Verdict(scan::Infected{"Own.Signature.UNOFFICIAL", "libclamav"}));
}

TEST(Engine, RefusesABrokenDatabase) {
  const TemporaryDirectory directory;
  const TemporaryDirectory database;
  write_file(database.path() + "/own.ndb", "Own.Signature:0:*:zz\n");
  const auto engine = Engine::load({.database = database.path()}, directory.path());
  ASSERT_FALSE(engine);
  EXPECT_NE(engine.error().find(database.path()), std::string::npos) << engine.error();
}

TEST(Engine, RefusesAMissingDatabaseOnlyWhenItWasAskedFor) {
  const TemporaryDirectory directory;
  EXPECT_FALSE(Engine::load({.database = "/nowhere", .database_required = true}, directory.path()));
  EXPECT_TRUE(Engine::load({.database = "/nowhere"}, directory.path()));
}

}  // namespace
}  // namespace p3scan::worker
