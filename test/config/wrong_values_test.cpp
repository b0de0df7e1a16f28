// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <algorithm>

#include "loading.h"

namespace p3scan::config {
namespace {

struct Case {
  std::string_view line;
  std::string_view error;  // after the place
};

constexpr Case kWrong[] = {
    {"ip = 1.2.3", "'ip': '1.2.3' isn't a valid IP address: give an IPv4 or IPv6 address in numbers"},
    {"ip = localhost", "'ip': 'localhost' isn't a valid IP address: give an IPv4 or IPv6 address in numbers"},
    {"ip = ,", "'ip': ',' is not a valid ADDRESS"},
    {"port = 0", "'port': '0' is not a valid port: give a number from 1 to 65535 or the name of a mail service"},
    {"port = 65536",
     "'port': '65536' is not a valid port: give a number from 1 to 65535 or the name of a mail service"},
    {"port = 123abc",
     "'port': '123abc' is not a valid port: give a number from 1 to 65535 or the name of a mail service"},
    {"port = http", "'port': 'http' is not a valid port: give a number from 1 to 65535 or the name of a mail service"},
    {"emailport = 25 x",
     "'emailport': 'x' isn't a valid port: give a number from 1 to 65535 or the name of a mail service"},
    {"targetip = 256.1.1.1",
     "'targetip': '256.1.1.1' is neither a host name nor an IP address (a port does not belong here)"},
    {"targetip = mail:110",
     "'targetip': 'mail:110' is neither a host name nor an IP address (a port does not belong here)"},
    {"useurlallow = 10.0.0.0/33",
     "'useurlallow': '10.0.0.0/33' isn't a valid network: write it like 192.0.2.0/24 or 2001:db8::/32"},
    {"useurlallow = ::/129",
     "'useurlallow': '::/129' isn't a valid network: write it like 192.0.2.0/24 or 2001:db8::/32"},
    {"useurlallow = name/24",
     "'useurlallow': 'name/24' isn't a valid network: write it like 192.0.2.0/24 or 2001:db8::/32"},
    {"useurlallow = 10.0.0.0/",
     "'useurlallow': '10.0.0.0/' isn't a valid network: write it like 192.0.2.0/24 or 2001:db8::/32"},
    {"tproxy = maybe", "'tproxy': 'maybe' is not yes or no"},
    {"barelf = drop", "'barelf': 'drop' is not one of normalize, reject, pass"},
    {"virusdir = spool", "'virusdir': 'spool' is not an absolute path: begin it with '/'"},
    {"user = a b", "'user': 'a b' is not a login name: give one that exists in /etc/passwd"},
    {"timeout = 0", "'timeout': '0' is not a number from 1 to 9999 (seconds)"},
    {"timeout = 10000", "'timeout': '10000' is not a number from 1 to 9999 (seconds)"},
    {"timeout = -1", "'timeout': '-1' is not a number from 1 to 9999 (seconds)"},
    {"timeout = 30s", "'timeout': '30s' is not a number from 1 to 9999 (seconds)"},
    {"timeout = 30 # x",
     "'timeout': '30 # x' is not a number from 1 to 9999 (seconds) (a comment needs a line of its own)"},
    {"maxchilds = 99999999999999999999", "'maxchilds': '99999999999999999999' is not a number from 1 to 1000000"},
    {"bytesfree = abc", "'bytesfree': 'abc' is not a number from 0 to 4398046511104 (KB)"},
    {"viruscode = 0", "'viruscode': '0' is not a number from 1 to 255"},
    {"viruscode = 1, 256", "'viruscode': '256' is not a number from 1 to 255"},
    {"viruscode = 1; 2", "'viruscode': '1;' is not a number from 1 to 255"},
    {"virusregexp = x", "'virusregexp': 'x' is not a regular expression of 2 to 4000 octets, with or without /N"},
    {"virusregexp = x/1", "'virusregexp': 'x/1' is not a regular expression of 2 to 4000 octets, with or without /N"},
    {"onfailure = reject", "'onfailure': 'reject' is not a policy: give one of tempfail, deliver, or in:WORD out:WORD"},
    {"onfailure = tempfail deliver",
     "'onfailure': 'tempfail' is not a policy: give one of tempfail, deliver, or in:WORD out:WORD"},
    {"onunscannable = in:",
     "'onunscannable': 'in:' is not a policy: give one of deliver-marked, notify, tempfail, reject, or in:WORD "
     "out:WORD"},
    {"onunscannable = in:reject",
     "'onunscannable': 'in:reject' refuses incoming mail, which no server would take back: write in:notify"},
    {"onunscannable = in:notify out:notify",
     "'onunscannable': 'in:notify out:notify' would send a notification in place of somebody's mail: write out:reject"},
    {"subject =", "'subject' has an empty value: add one, or remove the line"},
    {"subject", "'subject' needs a value, TEXT: add it"},
    {"debug =", "'debug' has an empty value: add one, or remove the line"},
    {"help", "'help' is not allowed in configfile!"},
    {"version", "'version' is not allowed in configfile!"},
    {"configfile = /x", "'configfile' is not allowed in configfile!"},
    {"check", "'check' is not allowed in configfile!"},
    {"dump-man8", "'dump-man8' is not allowed in configfile!"},
    {"max = x", "'max': 'x' is not a number from 1 to 1000000"},
    {"virus = 1", "Option 'virus' is ambiguous: write out one of viruscode, virusregexp, virusdir"},
    {"* licence", "Option '*' isn't known; see p3scan --help or p3scan.conf(5)"},
    {"Port = 8110", "Option 'Port' isn't known; did you mean 'port'?"},
    {"useur1 = yes", "Option 'useur1' isn't known; did you mean 'useurl'?"},
};

TEST(WrongValue, NamesFileLineOptionAndRemedy) {
  std::string file;
  std::string expected;
  for (std::size_t i = 0; i < std::size(kWrong); ++i) {
    file.append(kWrong[i].line).append("\n");
    expected.append("\t[configfile] p3scan.conf:")
        .append(std::to_string(i + 1))
        .append(": ")
        .append(kWrong[i].error)
        .append("\n");
  }
  EXPECT_EQ(errors_of(load_file(file)), expected) << "all of a file are reported, in order";
}

TEST(WrongValue, ReportIsBounded) {
  std::string file;
  for (int i = 0; i < 100000; ++i) file += "xyzzy\n";
  const auto loaded = load_file(file);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), kMaxErrors + 1);
  EXPECT_EQ(loaded.error().back(), "\t... and 99900 more");
}

struct Together {
  const char* name;
  std::string_view file;
  std::string_view error;  // begins with; empty = allowed
};

constexpr Together kTogether[] = {
    {"useurl_targetip", "useurl\ntargetip = 192.0.2.1\n",
     "\t[configfile] p3scan.conf:1: 'useurl' can't be combined with 'targetip': a session has one destination"},
    {"tproxy_targetip", "tproxy\ntargetip = 192.0.2.1\n",
     "\t[configfile] p3scan.conf:1: 'tproxy' can't be combined with 'targetip'"},
    {"tproxy_useurl", "useurl\n\ntproxy\n", "\t[configfile] p3scan.conf:3: 'tproxy' can't be combined with 'useurl'"},
    {"useurl_transparent", "useurl\ntargetip = 0.0.0.0\n", ""},
    {"loop_loopback", "targetip = 127.0.0.1\n",
     "\t[configfile] p3scan.conf:1: 'targetip' and 'targetport' (8110) are where"},
    {"loop_loopback6", "targetip = [::1]\nport = 110\ntargetport = 110\n",
     "\t[configfile] p3scan.conf:1: 'targetip' and"},
    {"loop_own_address", "ip = 192.0.2.1\ntargetip = 192.0.2.1\n", "\t[configfile] p3scan.conf:2: 'targetip' and"},
    {"other_port", "targetip = 127.0.0.1\ntargetport = 110\n", ""},
    {"other_address", "ip = 192.0.2.1\ntargetip = 127.0.0.1\n", ""},
};

class CrossCheck : public testing::TestWithParam<Together> {};
TEST_P(CrossCheck, Decides) {
  const auto errors = errors_of(load_file(GetParam().file));
  EXPECT_EQ(errors.substr(0, GetParam().error.size()), GetParam().error);
  EXPECT_EQ(errors.empty(), GetParam().error.empty()) << errors;
  EXPECT_LE(std::ranges::count(errors, '\n'), 1);
}
INSTANTIATE_TEST_SUITE_P(Table, CrossCheck, testing::ValuesIn(kTogether),
                         [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace p3scan::config
