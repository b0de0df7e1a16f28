// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "config/load.h"

namespace p3scan::config {
namespace {

class ConfigFile : public testing::Test {
 protected:
  ConfigFile() {
    directory_ =
        std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  ~ConfigFile() override { std::filesystem::remove_all(directory_); }

  Result<std::string, Errors> read(const char* name, bool given = true) const {
    return read_configfile({.configfile = path(name), .configfile_given = given});
  }
  std::string path(const char* name) const { return (directory_ / name).string(); }
  void write(const char* name, std::string_view text) const { std::ofstream(path(name), std::ios::binary) << text; }

 private:
  std::filesystem::path directory_;
};

TEST_F(ConfigFile, IsReadAsItIs) {
  using namespace std::string_view_literals;
  write("a", "quiet\r\n\0x"sv);
  EXPECT_EQ(read("a"), std::string("quiet\r\n\0x"sv));
  const std::string large(200000, 'x');
  write("b", large);
  EXPECT_EQ(read("b"), large);
}

TEST_F(ConfigFile, MayBeMissingOnlyWhenNotNamed) {
  EXPECT_EQ(read("none", false), std::string());
  const auto named = read("none", true);
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error(), Errors{"\t[configfile] " + path("none") + ": can't be read: No such file or directory"});
}

TEST_F(ConfigFile, ThatCannotBeReadIsAnError) {
  EXPECT_FALSE(read(".", true)) << "a directory";
  EXPECT_FALSE(read(".", false)) << "the default file, too";
  write("huge", std::string((std::size_t{16} << 20) + 1, '#'));
  EXPECT_FALSE(read("huge"));
  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(read("fifo"), std::string()) << "must not hang";
}

}  // namespace
}  // namespace p3scan::config
