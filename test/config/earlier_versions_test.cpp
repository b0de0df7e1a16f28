// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "base/ascii.h"
#include "config/given.h"
#include "config/text.h"
#include "loading.h"

namespace p3scan::config {
namespace {

// Every key of the configuration files, and of the command line where that had more.
constexpr std::string_view kKeysOf232[] = {
    "renattach", "altvnmsg",   "bytesfree",   "broken",   "viruscode", "checksize", "debug",     "extra",
    "emailport", "footer",     "virusregexp", "goodcode", "help",      "ip",        "targetip",  "justdelete",
    "enabletop", "ispspam",    "checkspam",   "emergcon", "pidfile",   "sslport",   "maxchilds", "notifydir",
    "notify",    "timeout",    "overwrite",   "port",     "quiet",     "virusdir",  "smtprset",  "scanner",
    "subject",   "template",   "scannertype", "user",     "useurl",    "version",   "demime",    "xmail",
    "spamcheck", "targetport", "configfile"};
constexpr std::string_view kKeysOf30[] = {
    "altvnmsg",  "authuser",   "blackshort",   "blacksubj",     "broken",         "checkspam",  "cleankill",
    "debug",     "debug-imap", "debug-memory", "debug-message", "debug-scanning", "debug-smtp", "delete",
    "delnotify", "demime",     "emergcon",     "extra",         "extrapgm",       "footer",     "freespace",
    "goodcode",  "imapport",   "ip",           "ispspam",       "logopt",         "logfac",     "maxchilds",
    "noeom",     "nospampipe", "notifydir",    "parsehtml",     "pidfile",        "port",       "quiet",
    "renattach", "scanner",    "scannertype",  "skipsize",      "smtpport",       "smtpsize",   "smtprset",
    "sslport",   "subject",    "template",     "timeout",       "targetip",       "targetport", "useurl",
    "user",      "userlist",   "viruscode",    "virusdir",      "virusregexp",    "configfile", "help",
    "password",  "settings",   "version"};

std::string text_of(std::string_view file) {
  std::ifstream in(std::filesystem::path(P3SCAN_TEST_DIR) / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// "name" -> "class<TAB>text".
std::map<std::string, std::string> compatibilities() {
  std::map<std::string, std::string> all;
  std::istringstream lines(compat_text());
  for (std::string line; std::getline(lines, line);) {
    const auto tab = line.find('\t');
    EXPECT_TRUE(all.emplace(line.substr(0, tab), line.substr(tab + 1)).second) << line;
  }
  return all;
}

TEST(EarlierVersions, EveryKeyIsKnownAndItsFateToldOnce) {
  auto told = compatibilities();
  std::set<std::string> keys(std::begin(kKeysOf232), std::end(kKeysOf232));
  keys.insert(std::begin(kKeysOf30), std::end(kKeysOf30));
  for (const auto& key : keys) {
    const auto* option = find_option(key).option;
    ASSERT_NE(option, nullptr) << key;
    EXPECT_TRUE(option->name == key || std::ranges::count(option->aliases, key) == 1) << key;
    ASSERT_TRUE(told.contains(key)) << key;
    const auto fate = told[key];
    EXPECT_THAT(fate, testing::AnyOf(testing::StartsWith("same\t"), testing::StartsWith("repaired\t"),
                                     testing::StartsWith("no-effect\t")));
    const bool explained = fate.size() > fate.find('\t') + 1;
    EXPECT_TRUE(explained || fate.starts_with("same")) << key << ": how, or why?";
    EXPECT_FALSE(fate.ends_with('.')) << key;
    told.erase(key);
  }
  for (const auto& [key, fate] : told) ADD_FAILURE() << key << " is no option of an earlier version";
}

TEST(EarlierVersions, TheManualTellsTheFateOfEachOption) {
  const auto page = man_conf();
  const auto section = page.substr(page.find(".Sh COMPATIBILITY"));
  for (const auto& [key, fate] : compatibilities())
    EXPECT_TRUE(section.contains(" " + key + "\n") || section.contains(" " + key + " ,")) << key;
}

struct Shipped {
  const char* file;
  std::size_t keys;  // lines that name an option, commented out
};
constexpr Shipped kShipped[] = {{"2.3.2.conf", 56}, {"3.0.conf", 75}};

TEST(EarlierVersions, ShippedFilesStart) {
  for (const auto& row : kShipped) {
    const auto text = text_of(row.file);
    ASSERT_FALSE(text.empty()) << row.file;
    const auto loaded = load_file(text);
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_EQ(*loaded, load_file("").value()) << row.file;
  }
}

// What administrators do with these files: take the # away. Values stay empty in some lines, which is a mistake that
// must be told and must not swallow the next line.
TEST(EarlierVersions, EachLineOfShippedFilesIsRightWithoutItsHash) {
  for (const auto& row : kShipped) {
    std::istringstream lines(text_of(row.file));
    std::size_t keys = 0;
    for (std::string line; std::getline(lines, line);) {
      const auto bare = line.starts_with('#') ? ascii::trim(std::string_view(line).substr(1)) : "";
      if (find_option(bare.substr(0, bare.find(' '))).option == nullptr) continue;
      ++keys;
      const auto errors = errors_of(load_file(std::string(bare) + "\nquiet\n"));
      const bool needs_more = bare.ends_with(" basic") || bare.ends_with(" bash");
      if (bare.ends_with('='))
        EXPECT_TRUE(errors.contains("'" + std::string(bare.substr(0, bare.find(' '))) + "' has an empty value"))
            << errors;
      else if (!needs_more)
        EXPECT_EQ(errors, "") << bare;
    }
    EXPECT_EQ(keys, row.keys) << row.file;
  }
}

TEST(EarlierVersions, ASetUpOf232Starts) {
  const auto loaded = load_file(text_of("2.3.2-in-use.conf"));
  ASSERT_TRUE(loaded) << errors_of(loaded);
  EXPECT_TRUE(loaded->checkspam && loaded->justdelete && loaded->demime && loaded->altvnmsg && loaded->useurl);
  EXPECT_TRUE(loaded->enabletop) << "the last line has no line end";
  EXPECT_EQ(loaded->targetip, "");
  EXPECT_EQ(loaded->viruscode, (std::vector{3, 8}));
  EXPECT_EQ(loaded->virusregexp, "(?=Infection\\:)[[:space:]]*(.*)$");
  EXPECT_EQ(loaded->extra, (std::vector<std::string>{"root@localhost", "postmaster@localhost"}));
  EXPECT_TRUE(loaded->spamcheck.ends_with("--feature=ch,no,wh"));
  EXPECT_EQ(loaded->scanners.front().targets.front(), "/usr/local/bin/f-prot -archive=5 -ai");
}

TEST(EarlierVersions, ASetUpOf30Starts) {
  const auto loaded = load_file(text_of("3.0-in-use.conf"));
  ASSERT_TRUE(loaded) << errors_of(loaded);
  EXPECT_TRUE(loaded->checkspam && loaded->justdelete && loaded->noeom && loaded->nospampipe && loaded->authuser);
  EXPECT_TRUE(loaded->spamcheck.starts_with("/usr/bin/dspam --user dspamuser "));
  EXPECT_EQ(loaded->overwrite, "/usr/bin/p3pmail");
  EXPECT_EQ(loaded->userlist, "~");
  EXPECT_EQ(loaded->bytesfree, 100000U);
  EXPECT_EQ(loaded->checksize, 2048U);
  EXPECT_EQ(loaded->ip, std::vector<std::string>{"127.0.0.1"}) << "3.0 reset it with targetip";
  EXPECT_EQ(loaded->scanners, std::vector<ScannerConfig>{{}}) << "clamav ignores the scanner line";
  EXPECT_THAT(notes(*loaded), testing::Contains("scanner has no effect with the scannertype libclamav."));
}

}  // namespace
}  // namespace p3scan::config
