// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/check_programs.h"

#include <gtest/gtest.h>

#include <functional>

namespace p3scan::app {
namespace {

struct Case {
  const char* name;
  std::function<void(config::Config&)> change;
  std::string_view mistake;  // begins the only one; empty = none
  std::string_view note;
};

const Case kCases[] = {
    {"nothing_runs", [](config::Config& c) { c.spamcheck = "/nowhere/spamc"; }, "", ""},
    {"found", [](config::Config& c) { c.overwrite = "/bin/cat -u"; }, "", ""},
    {"found_by_name", [](config::Config& c) { c.overwrite = "cat"; }, "", ""},
    {"missing", [](config::Config& c) { c.overwrite = "/nowhere/p3pmail -x"; },
     "overwrite: there is no program /nowhere/p3pmail: ", ""},
    {"missing_by_name", [](config::Config& c) { c.renattach = "no-such-program-here"; },
     "renattach: there is no program no-such-program-here: ", ""},
    {"directory", [](config::Config& c) { c.renattach = "/etc"; }, "renattach: there is no program /etc: ", ""},
    {"spam",
     [](config::Config& c) {
       c.checkspam = true;
       c.spamcheck = "/nowhere/spamc";
     },
     "spamcheck: there is no program /nowhere/spamc: ", ""},
    {"spamd_runs_nothing",
     [](config::Config& c) {
       c.checkspam = true;
       c.spamtype = config::SpamType::spamd;
       c.spamcheck = "/nowhere/spamc";
     },
     "", ""},
    {"quotes", [](config::Config& c) { c.overwrite = "/bin/cat 'x"; }, "overwrite: ", ""},
    {"shell", [](config::Config& c) { c.overwrite = "/bin/cat | sed"; }, "", "overwrite: '|' has no special meaning"},
    {"version_of_scanner", [](config::Config& c) { c.footer = "/nowhere/scan -V"; }, "", "footer: there is no program"},
    {"mailer",
     [](config::Config& c) {
       c.xmail = "/nowhere/mail";
       c.extra = {"root"};
     },
     "xmail: there is no program /nowhere/mail: ", ""},
    {"mailer_for_emergencies", [](config::Config& c) { c.xmail = "/nowhere/mail"; }, "", "xmail: there is no program"},
    {"no_mailer_with_smtp",
     [](config::Config& c) {
       c.xmail = "/nowhere/mail";
       c.extra = {"root"};
       c.notifysmtp = "127.0.0.1:25";
     },
     "", ""},
};

void expect_only(const std::vector<std::string>& found, std::string_view begins) {
  ASSERT_EQ(found.size(), begins.empty() ? 0U : 1U);
  if (!found.empty()) EXPECT_TRUE(found.front().starts_with(begins)) << found.front();
}

class Programs : public testing::TestWithParam<Case> {};
TEST_P(Programs, AreLookedFor) {
  config::Config config;
  config.xmail = "/bin/cat";
  GetParam().change(config);
  const auto found = check_programs(config);
  expect_only(found.mistakes, GetParam().mistake);
  expect_only(found.notes, GetParam().note);
}
INSTANTIATE_TEST_SUITE_P(Table, Programs, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace p3scan::app
