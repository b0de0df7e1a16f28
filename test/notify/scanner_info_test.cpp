// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/scanner_info.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "notify/fake_smtp.h"
#include "scanner/fake_clamd.h"
#include "spool/scratch.h"

namespace p3scan::notify {
namespace {

using test::contents;

class ScannerInfoTest : public testing::Test {
 protected:
  std::vector<std::string> script(std::string_view text) {
    const auto path = dir.path() + "/footer";
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    ::chmod(path.c_str(), 0755);
    return {path};
  }
  std::string get(std::vector<ScannerInfo::Source> sources) {
    const auto info = std::make_shared<ScannerInfo>(io.get_executor(), std::move(sources));
    return test::run_until_done(io, info->get());
  }

  asio::io_context io{1};
  test::Scratch dir;
  Log log{{.foreground = true, .debug = false, .quiet = true}};
  std::chrono::seconds limit{20};
};

TEST_F(ScannerInfoTest, TheFooterCommandTells) {
  EXPECT_EQ(get({output_of(script("echo one; echo two >&2; exit 3"), limit, log)}), "one\ntwo");
  EXPECT_EQ(get({output_of(script(":"), limit, log)}), "");
  EXPECT_EQ(get({output_of({dir.path() + "/none"}, limit, log)}), "");
  EXPECT_EQ(get({output_of(script("head -c 1000000 /dev/zero | tr '\\0' x"), limit, log)}).size(),
            ScannerInfo::kMaxText);
  EXPECT_EQ(get({output_of({"/bin/echo", "$(id); `id`"}, limit, log)}), "$(id); `id`");
}

TEST_F(ScannerInfoTest, AHangingCommandIsKilled) {
  EXPECT_EQ(get({output_of(script("echo x; sleep 1000"), std::chrono::seconds(1), log)}), "");
}

TEST_F(ScannerInfoTest, ItIsAskedOnceForAll) {
  const auto info = std::make_shared<ScannerInfo>(
      io.get_executor(),
      std::vector{output_of(script("echo x >> " + dir.path() + "/runs; sleep 0.2; echo text"), limit, log)});
  int done = 0;
  for (int i = 0; i < 20; ++i) {
    asio::co_spawn(io, info->get(), [&](const std::exception_ptr& failed, const std::string& text) {
      EXPECT_FALSE(failed);
      EXPECT_EQ(text, "text");
      if (++done == 20) io.stop();
    });
  }
  io.run_for(std::chrono::seconds(20));
  EXPECT_EQ(done, 20);
  EXPECT_EQ(test::run_until_done(io, info->get()), "text");
  EXPECT_EQ(contents(dir.path() + "/runs"), "x\n");
}

TEST_F(ScannerInfoTest, OneThatLeavesTakesNothingAway) {
  const auto info = std::make_shared<ScannerInfo>(io.get_executor(),
                                                  std::vector{output_of(script("sleep 0.2; echo text"), limit, log)});
  asio::cancellation_signal cancel;
  bool left = false;
  asio::co_spawn(io, info->get(),
                 asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& failed, const std::string&) {
                   left = failed != nullptr;
                 }));
  asio::post(io, [&] { cancel.emit(asio::cancellation_type::terminal); });
  EXPECT_EQ(test::run_until_done(io, info->get()), "text");
  EXPECT_TRUE(left);
}

TEST_F(ScannerInfoTest, EnginesTellThemselves) {
  test::FakeClamd clamd(io);
  EXPECT_EQ(get({version_of_clamd(clamd.target()), constant("basic")}), "ClamAV fake, basic");
  clamd.stop();
  EXPECT_EQ(get({version_of_clamd("127.0.0.1:1"), version_of_clamd("nonsense:")}), "clamd, clamd");
  EXPECT_EQ(get({}), "");
}

TEST_F(ScannerInfoTest, DatabasesHaveAVersionAndADate) {
  EXPECT_EQ(get({version_of_database("1.4.3", dir.path())}), "ClamAV 1.4.3");
  std::ofstream(dir.path() + "/daily.cvd") << "ClamAV-VDB:07 Jan 2026 09-30 +0000:27511:2070000:90:x\n";
  EXPECT_EQ(get({version_of_database("1.4.3", dir.path())}), "ClamAV 1.4.3/27511/07 Jan 2026 09-30 +0000");
  std::ofstream(dir.path() + "/daily.cld") << "ClamAV-VDB:08 Jan 2026:27512:2070000:90:x\n";
  EXPECT_EQ(get({version_of_database("1.4.3", dir.path())}), "ClamAV 1.4.3/27512/08 Jan 2026");
}

}  // namespace
}  // namespace p3scan::notify
