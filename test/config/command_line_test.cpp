// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "config/text.h"
#include "loading.h"

namespace p3scan::config {
namespace {

struct Case {
  const char* name;
  Words words;
  const char* option;
  std::string_view shown;
};

const Case kCases[] = {
    {"long_separate", {"--timeout", "5"}, "timeout", "5"},
    {"long_equals", {"--timeout=5"}, "timeout", "5"},
    {"long_abbreviated", {"--timeo=5"}, "timeout", "5"},
    {"short_separate", {"-O", "5"}, "timeout", "5"},
    {"short_attached", {"-O5"}, "timeout", "5"},
    {"bundle", {"-dqO5"}, "timeout", "5"},
    {"bundle_flag", {"-dqO5"}, "quiet", "yes"},
    {"value_may_begin_with_dash", {"--notify", "-gone-"}, "notify", "-gone-"},
    {"last_wins", {"-O5", "--timeout=6"}, "timeout", "6"},
    {"flag_off", {"--xheader=no"}, "xheader", "no"},
    {"flag_switch_words", {"--quiet=ON"}, "quiet", "yes"},
    {"capital_e_works", {"-E", "587"}, "emailport", "587"},
    {"t_with_file_is_template", {"-t", "/x/y.mail"}, "template", "/x/y.mail"},
    {"t_attached_is_template", {"-t/x/y.mail"}, "template", "/x/y.mail"},
    {"t_alone_is_check", {"-t"}, "template", "/etc/p3scan/p3scan.mail"},
    {"t_then_option_is_check", {"-t", "-q"}, "quiet", "yes"},
    {"alias", {"--freespace=7"}, "bytesfree", "7"},
    {"alias_abbreviated", {"--frees=7"}, "bytesfree", "7"},
    {"max_stays_what_it_was", {"--max=7"}, "maxchilds", "7"},
    {"repeated_list", {"-i", "192.0.2.1", "-i", "2001:db8::1"}, "ip", "192.0.2.1, 2001:db8::1"},
    {"c_with_numbers_is_viruscode", {"-c", "1,2 3"}, "viruscode", "1, 2, 3"},
    {"c_attached_numbers", {"-c13"}, "viruscode", "13"},
    {"c_with_file_is_configfile", {"-c", "/etc/x.conf"}, "viruscode", "1"},
    {"s_with_target_is_scanner", {"-s", "/bin/scan"}, "scanner", "/bin/scan"},
    {"s_alone_is_settings", {"-s"}, "scanner", ""},
    {"s_before_option_is_settings", {"-s", "-q"}, "quiet", "yes"},
    {"p_with_port_is_port", {"-p", "110"}, "port", "110"},
    {"p_with_service_is_port", {"-p", "pop3"}, "port", "110"},
    {"p_attached_is_port", {"-p8111"}, "port", "8111"},
    {"p_alone_is_password", {"-p"}, "password", "yes"},
    {"p_before_option_is_password", {"-p", "-q"}, "password", "yes"},
    {"p_in_a_bundle_is_password", {"-pd"}, "debug", "yes"},
    {"p_behind_a_flag_is_password", {"-dp"}, "password", "yes"},
    {"p_behind_a_flag_is_port", {"-dp", "110"}, "port", "110"},
    {"k_takes_no_word", {"-k", "-q"}, "checkspam", "yes"},
    {"k_in_a_bundle", {"-kq"}, "quiet", "yes"},
    {"checkspam_as_flag", {"--checkspam", "-q"}, "checkspam", "yes"},
    {"checkspam_off", {"--checkspam=no"}, "checkspam", "no"},
    {"checkspam_with_command", {"--checkspam=/bin/s -x"}, "spamcheck", "/bin/s -x"},
    {"spamsubject_alone", {"--spamsubject"}, "spamsubject", "[ SPAM ]"},
    {"viruscode_replaces", {"-c", "2", "-c", "3,4"}, "viruscode", "3, 4"},
};

class CommandLine : public testing::TestWithParam<Case> {};
TEST_P(CommandLine, Sets) {
  const auto loaded = load_words(GetParam().words);
  ASSERT_TRUE(loaded) << errors_of(loaded);
  EXPECT_EQ(show_option(*loaded, GetParam().option), GetParam().shown);
}
INSTANTIATE_TEST_SUITE_P(Table, CommandLine, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

struct WrongCase {
  const char* name;
  Words words;
  std::string_view errors;
};

const WrongCase kWrong[] = {
    {"unknown_long", {"--tmeout=5"}, "\t[cmdlineparm] Option 'tmeout' isn't known; did you mean 'timeout'?\n"},
    {"unknown_short", {"-y"}, "\t[cmdlineparm] Option 'y' isn't known; see p3scan --help\n"},
    {"unknown_far",
     {"--frobnicate"},
     "\t[cmdlineparm] Option 'frobnicate' isn't known; see p3scan --help or p3scan.conf(5)\n"},
    {"word", {"foo"}, "\t[cmdlineparm] Unknown option 'foo'\n"},
    {"word_after_dashes", {"--", "-q"}, "\t[cmdlineparm] Unknown option '-q'\n"},
    {"dash", {"-"}, "\t[cmdlineparm] Unknown option '-'\n"},
    {"ambiguous",
     {"--virus=1"},
     "\t[cmdlineparm] Option 'virus' is ambiguous: write out one of viruscode, virusregexp, virusdir\n"},
    {"no_value", {"--timeout"}, "\t[cmdlineparm] '--timeout' needs a value, SECONDS: add it\n"},
    {"no_value_short", {"-O"}, "\t[cmdlineparm] '-O' needs a value, SECONDS: add it\n"},
    {"empty_value", {"--timeout="}, "\t[cmdlineparm] '--timeout' has an empty value: add one\n"},
    {"value_for_command", {"--version=2"}, "\t[cmdlineparm] '--version' takes no value: remove it\n"},
    {"range", {"-O", "0"}, "\t[cmdlineparm] '-O': '0' is not a number from 1 to 9999 (seconds)\n"},
    {"line_break",
     {"--smtprset=a\r\nb"},
     "\t[cmdlineparm] '--smtprset' has a control character in its value: remove it\n"},
    {"port_with_a_typing_error",
     {"-p", "81I0"},
     "\t[cmdlineparm] '-p': '81I0' is not a valid port: give a number from 1 to 65535 or the name of a mail service\n"},
    {"all_are_reported",
     {"-O0", "-m0"},
     "\t[cmdlineparm] '-O': '0' is not a number from 1 to 9999 (seconds)\n"
     "\t[cmdlineparm] '-m': '0' is not a number from 1 to 1000000\n"},
};

class WrongCommandLine : public testing::TestWithParam<WrongCase> {};
TEST_P(WrongCommandLine, IsRefused) { EXPECT_EQ(errors_of(load_words(GetParam().words)), GetParam().errors); }
INSTANTIATE_TEST_SUITE_P(Table, WrongCommandLine, testing::ValuesIn(kWrong),
                         [](const auto& c) { return std::string(c.param.name); });

Invocation invoke(Words words) {
  words.insert(words.begin(), "p3scan");
  return parse_invocation(words).value_or(Invocation{.configfile = "(failed)"});
}

TEST(ParseInvocation, OfEitherGeneration) {
  EXPECT_EQ(invoke({"-s"}).action, Action::settings);
  EXPECT_EQ(invoke({"-s", "/bin/scan"}).action, Action::run);
  EXPECT_EQ(invoke({"-p"}).action, Action::run);
  EXPECT_EQ(invoke({"-c", "/x.conf"}).configfile, "/x.conf");
  EXPECT_EQ(invoke({"-c/x.conf"}).configfile, "/x.conf");
  EXPECT_EQ(invoke({"--configfile=/x.conf"}).configfile, "/x.conf");
  EXPECT_FALSE(invoke({"-c", "13"}).configfile_given);
}

TEST(ParseInvocation, FindsTheActionAmongAnything) {
  EXPECT_EQ(invoke({}).action, Action::run);
  EXPECT_EQ(invoke({"-d", "-q"}).action, Action::run);
  EXPECT_EQ(invoke({"-h"}).action, Action::help);
  EXPECT_EQ(invoke({"--vers"}).action, Action::version);
  EXPECT_EQ(invoke({"--frobnicate", "-qv"}).action, Action::version) << "before anything else is looked at";
  EXPECT_EQ(invoke({"-t"}).action, Action::check);
  EXPECT_EQ(invoke({"-t", "-f", "/x"}).action, Action::check);
  EXPECT_EQ(invoke({"-f", "/x", "-dt"}).action, Action::check);
  EXPECT_EQ(invoke({"--check"}).action, Action::check);
  EXPECT_EQ(invoke({"--settings"}).action, Action::settings);
  EXPECT_EQ(invoke({"-t", "/x.mail"}).action, Action::run);
  EXPECT_EQ(invoke({"--dump-sample-conf"}).action, Action::dump_sample_conf);
  EXPECT_EQ(invoke({"--dump"}).action, Action::run) << "hidden options are not abbreviated";
  EXPECT_EQ(invoke({"--notify", "-h"}).action, Action::run) << "a value is no option";
  EXPECT_EQ(invoke({"--", "-h"}).action, Action::run);
}

TEST(ParseInvocation, FindsTheFile) {
  EXPECT_EQ(invoke({}).configfile, "/etc/p3scan/p3scan.conf");
  EXPECT_FALSE(invoke({}).configfile_given);
  EXPECT_EQ(invoke({"-f", "/x"}).configfile, "/x");
  EXPECT_EQ(invoke({"-f/x"}).configfile, "/x");
  EXPECT_EQ(invoke({"--configfile=/x"}).configfile, "/x");
  EXPECT_TRUE(invoke({"--conf", "/x"}).configfile_given);
  EXPECT_EQ(invoke({"-f"}).configfile, "(failed)");
  EXPECT_EQ(invoke({"--configfile="}).configfile, "(failed)");
  EXPECT_FALSE(parse_invocation({}).value_or(Invocation{.configfile_given = true}).configfile_given);
}

TEST(Precedence, CommandLineThenFileThenDefault) {
  const auto loaded = load_both({"-O5", "-i", "192.0.2.9", "--quiet=no"},
                                "timeout = 7\nmaxchilds = 8\nip = 192.0.2.1\nip = 192.0.2.2\nquiet\n");
  ASSERT_TRUE(loaded) << errors_of(loaded);
  EXPECT_EQ(loaded->timeout, seconds{5});
  EXPECT_EQ(loaded->maxchilds, 8U);
  EXPECT_EQ(loaded->ip, std::vector<std::string>{"192.0.2.9"}) << "lists grow within one source only";
  EXPECT_FALSE(loaded->quiet);
  EXPECT_EQ(loaded->port, 8110);
  EXPECT_EQ(loaded->configfile, "p3scan.conf");
}

TEST(Precedence, AMistakeInTheFileIsOneEvenWhenOverruled) {
  EXPECT_NE(errors_of(load_both({"-O5"}, "timeout = x\n")), "");
}

}  // namespace
}  // namespace p3scan::config
