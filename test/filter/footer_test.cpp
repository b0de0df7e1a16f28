// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/footer.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <memory>
#include <string>

#include "base/asio/asio.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

class FooterFilterTest : public testing::Test {
 protected:
  void file(std::string_view text) const { std::ofstream(path()) << text; }
  std::string path() const { return dir.path() + "/p3scan.footer"; }

  Filtered run(const std::string& text, bool incoming, const std::string& info = "") {
    Message message(io.get_executor(), SpoolLimits{});
    const std::array<std::string_view, 1> pieces = {text};
    EXPECT_TRUE(message.append(pieces));
    message.complete();
    FilterTools tools{.spool = {.directory = dir.path(), .memory = 1000, .keep_free = 0}, .blocking = &pool};
    FooterFilter filter(tools, {.file = path(), .host = "gw.example.org"});
    scan::MailFacts facts;
    facts.incoming = incoming;
    facts.scanner_info = info;
    return test::run(io, filter.run(message, facts));
  }

  test::Scratch dir;
  asio::io_context io;
  asio::thread_pool pool{1};
};

TEST_F(FooterFilterTest, NoFileNoFooter) {
  const auto filtered = run("X: y\r\n\r\ntext\r\n", false);
  EXPECT_EQ(filtered.version, nullptr);
  EXPECT_EQ(filtered.note, "");
}

TEST_F(FooterFilterTest, EmptyFileProgramAndScanners) {
  file("");
  const auto filtered = run("X: y\r\n\r\ntext\r\n", false, "ClamAV 1");
  ASSERT_TRUE(filtered.version);
  EXPECT_EQ(filtered.version->bytes(), "X: y\r\n\r\ntext\r\n**********\r\nP3Scan " P3SCAN_VERSION
                                       " running on gw.example.org\r\nClamAV 1\r\n**********\r\n");
}

TEST_F(FooterFilterTest, FileWithText) {
  file("Our words\n");
  const auto filtered = run("X: y\r\n\r\ntext\r\n", false);
  ASSERT_TRUE(filtered.version);
  EXPECT_EQ(filtered.version->bytes(), "X: y\r\n\r\ntext\r\n**********\r\nOur words\r\nP3Scan " P3SCAN_VERSION
                                       " running on gw.example.org\r\n**********\r\n");
}

TEST_F(FooterFilterTest, IncomingMailStays) {
  file("Our words\n");
  EXPECT_EQ(run("X: y\r\n\r\ntext\r\n", true).version, nullptr);
}

TEST_F(FooterFilterTest, SignedMailStaysAndTheLogSaysSo) {
  file("Our words\n");
  const auto filtered = run("Content-Type: application/pkcs7-mime\r\n\r\nMII\r\n", false);
  EXPECT_EQ(filtered.version, nullptr);
  EXPECT_EQ(filtered.note, "no footer: the mail is signed or encrypted");
}

TEST_F(FooterFilterTest, UnreadableFileIsNoted) {
  std::filesystem::create_directory(path());
  const auto filtered = run("X: y\r\n\r\ntext\r\n", false);
  EXPECT_EQ(filtered.version, nullptr);
  EXPECT_EQ(filtered.note, path() + ": Is a directory");
}

}  // namespace
}  // namespace p3scan
