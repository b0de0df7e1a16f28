// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "config/option.h"
#include "config/text.h"
#include "loading.h"

namespace p3scan::config {
namespace {

bool is_for_files(const Option& option) {
  return option.section != Section::command && option.section != Section::hidden;
}

struct Case {
  std::string_view name;
  std::string_view value;
  std::string_view shown = value;
};

// At least one row per option that a file may set, with a value that is not the default.
const Case kValues[] = {
    {"ip", "192.0.2.1"},
    {"ip", "::1,0.0.0.0 192.0.2.1", "::1, 0.0.0.0, 192.0.2.1"},
    {"ip", "::1 ::1", "::1"},
    {"port", "8111"},
    {"port", "pop3", "110"},
    {"tproxy", "yes"},
    {"targetip", "mail.example.net"},
    {"targetip", "[2001:db8::1]", "2001:db8::1"},
    {"targetip", "2001:db8::1"},
    {"targetip", "0.0.0.0", ""},
    {"targetport", "110"},
    {"targetport", "pop3s", "995"},
    {"useurl", "on", "yes"},
    {"useurlallow", "pop.example.net, 198.51.100.0/24, 2001:db8::/32"},
    {"emailport", "25, 587, smtps", "25, 587, 465"},
    {"emailport", "submission", "587"},
    {"barelf", "reject"},
    {"barelf", "PASS", "pass"},
    {"broken", "yes"},
    {"enabletop", "true", "yes"},
    {"scannertype", "clamd"},
    {"scanner", "/usr/bin/scan -x"},
    {"clamdb", "/srv/db"},
    {"viruscode", "1,2 3\t4", "1, 2, 3, 4"},
    {"viruscode", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 255",
     "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 255"},
    {"goodcode", "10, 0", "10, 0"},
    {"virusregexp", ".*: (.*) FOUND", ".*: (.*) FOUND/1"},
    {"virusregexp", ".*: (.*) (.*) FOUND/2"},
    {"virusregexp", "a/b/0"},
    {"checksize", "500"},
    {"onfailure", "deliver"},
    {"onfailure", "in:deliver", "in:deliver out:tempfail"},
    {"onfailure", "in:tempfail, OUT:Deliver", "in:tempfail out:deliver"},
    {"onunscannable", "tempfail"},
    {"onunscannable", "notify", "in:notify out:reject"},
    {"onunscannable", "reject", "in:notify out:reject"},
    {"onunscannable", "out:reject in:tempfail", "in:tempfail out:reject"},
    {"onunscannable", "in:notify", "in:notify out:deliver-marked"},
    {"template", "/x/p3scan.mail"},
    {"virusdir", "/x"},
    {"justdelete", "yes"},
    {"notify", "G\xc3\xb6ne = # \"gone\""},
    {"subject", "[!]"},
    {"smtprset", "No."},
    {"xheader", "no"},
    {"xheader", "Off", "no"},
    {"xheader", "FALSE", "no"},
    {"timeout", "1"},
    {"timeout", "9999"},
    {"idletimeout", "10"},
    {"connecttimeout", "3600"},
    {"scantimeout", "1"},
    {"draintime", "0"},
    {"maxchilds", "10"},
    {"maxperclient", "1"},
    {"maxmessage", "4398046511104"},
    {"maxline", "1024"},
    {"maxpipeline", "1"},
    {"imapkeep", "20"},
    {"imapkeepsize", "1024"},
    {"threads", "2"},
    {"workers", "256"},
    {"spoolmemory", "0"},
    {"bytesfree", "0"},
    {"user", "clamav"},
    {"pidfile", "/x.pid"},
    {"debug", "yes"},
    {"quiet", "yes"},
    {"sslport", "995, 1995"},
    {"tls", "995:legacy imaps:INTERCEPT 587:pass", "995:legacy, 993:intercept, 587:pass"},
    {"tlsbad", "accept"},
    {"tlsbad", "refuse"},
    {"tlscrl", "/x"},
    {"tlsbypass", "a.example, *.example.org 192.0.2.0/24 ::1 client:192.0.2.7",
     "a.example, *.example.org, 192.0.2.0/24, ::1, client:192.0.2.7"},
    {"tlslearn", "yes"},
    {"tlsclientcert", "refuse"},
    {"tlswait", "5"},
    {"tlsroots", "/x"},
    {"cadir", "/x"},
    {"imapport", "imap, 1143", "143, 1143"},
    {"authuser", "yes"},
    {"usersdir", "/x"},
    {"filtertimeout", "5"},
    {"skipsize", "5000"},
    {"demime", "yes"},
    {"noeom", "yes"},
    {"scannertype", "SOPHIE", "sophie"},
    {"attachments", "rename"},
    {"attachments", "delete"},
    {"attachments", "quarantine-part"},
    {"badattach", "exe, .scr tar.gz", "exe, .scr, tar.gz"},
    {"badtype", "application/x-msdownload, video/*"},
    {"badmagic", "no"},
    {"attachzip", "no"},
    {"attachout", "yes"},
    {"onsigned", "pass"},
    {"onsigned", "edit"},
    {"renattach", "/usr/bin/renattach -c '/etc/r conf'"},
    {"checkspam", "yes"},
    {"checkspam", "on", "yes"},
    {"spamtype", "spamd"},
    {"spamtype", "rspamd"},
    {"spamtype", "dspam"},
    {"spamcheck", "/usr/bin/dspam --user dspamuser"},
    {"spamserver", "127.0.0.1:783, /run/spamd, [::1]:783"},
    {"spamuser", "nobody"},
    {"spamsize", "0"},
    {"spamsubject", "*** SPAM"},
    {"spamdelete", "yes"},
    {"spamreject", "yes"},
    {"spamout", "yes"},
    {"ispspam", "X-Spam-Flag: YES"},
    {"nospampipe", "yes"},
    {"htmlclean", "webbugs"},
    {"htmlclean", "strict"},
    {"htmlclean", "p3pmail"},
    {"overwrite", "/usr/bin/p3pmail"},
    {"whitelist", "/x"},
    {"blacklist", "/x"},
    {"userlist", "/x"},
    {"userlist", "~"},
    {"blacksubj", "[No]"},
    {"blackshort", "yes"},
    {"language", "pt-br"},
    {"language", "auto"},
    {"altvnmsg", "yes"},
    {"footer", "/usr/bin/clamdscan -V"},
    {"footerfile", "/x"},
    {"extra", "a@example.org b@example.org", "a@example.org, b@example.org"},
    {"extratemplate", "/x"},
    {"emergcon", "root"},
    {"xmail", "/usr/bin/mail"},
    {"notifysmtp", "localhost:25"},
    {"notifyfrom", "p3scan@example.org"},
    {"notifyrate", "1"},
    {"notifydir", "/x"},
    {"debug-imap", "yes"},
    {"debug-memory", "yes"},
    {"debug-message", "yes"},
    {"debug-scanning", "yes"},
    {"debug-smtp", "yes"},
    {"password", "yes"},
    {"cleankill", "yes"},
    {"logopt", "1"},
    {"logfac", "16"},
};

Result<Config, Errors> load_pair(std::string_view name, std::string_view value) {
  return load_file(std::string(name) + " = " + std::string(value) + "\n");
}

TEST(Options, EachIsSetShownAndReadBack) {
  for (const auto& row : kValues) {
    const auto loaded = load_pair(row.name, row.value);
    ASSERT_TRUE(loaded) << row.name << "\n" << errors_of(loaded);
    EXPECT_EQ(show_option(*loaded, row.name), row.shown);
    if (row.shown.empty()) continue;
    const auto again = load_pair(row.name, show_option(*loaded, row.name));
    ASSERT_TRUE(again) << row.name << "\n" << errors_of(again);
    EXPECT_EQ(*again, *loaded) << row.name;
  }
}

TEST(Options, EachRowOfTheTableHasAValueAbove) {
  const Config defaults = load_file("").value();
  for (const auto& option : options()) {
    if (!is_for_files(option)) continue;
    const auto row = std::ranges::find(kValues, option.name, &Case::name);
    ASSERT_NE(row, std::end(kValues)) << option.name;
    EXPECT_NE(load_pair(row->name, row->value).value(), defaults) << option.name << " sets nothing";
  }
}

// The names, letters and defaults that 2.3.2 had. Where the default differs on purpose, the new one stands.
struct Legacy {
  std::string_view name;
  char letter;
  std::string_view shown;
};
constexpr Legacy kLegacy[] = {
    {"renattach", 'a', ""},
    {"altvnmsg", 'A', "no"},
    {"bytesfree", 'b', "10000"},
    {"broken", 'B', "no"},
    {"viruscode", 'c', "1"},
    {"checksize", 'C', "0"},
    {"debug", 'd', "no"},
    {"extra", 'e', ""},
    {"emailport", 'E', "25"},
    {"configfile", 'f', "/etc/p3scan/p3scan.conf"},
    {"footer", 'F', ""},
    {"virusregexp", 'g', ""},
    {"goodcode", 'G', ""},
    {"help", 'h', ""},
    {"ip", 'i', ""},
    {"targetip", 'I', ""},
    {"justdelete", 'j', "no"},
    {"enabletop", 'J', "no"},
    {"checkspam", 'k', "no"},
    {"emergcon", 'K', "root@localhost, postmaster@localhost"},
    {"pidfile", 'l', "/var/run/p3scan/p3scan.pid"},
    {"sslport", 'L', "995"},
    {"maxchilds", 'm', "1000"},
    {"ispspam", 'M', ""},
    {"notifydir", 'n', "/var/spool/p3scan/notify"},
    {"notify", 'N', "Per instruction, the message has been deleted."},
    {"overwrite", 'o', ""},
    {"timeout", 'O', "30"},
    {"port", 'p', "8110"},
    {"targetport", 'P', "8110"},
    {"quiet", 'q', "no"},
    {"virusdir", 'r', "/var/spool/p3scan"},
    {"smtprset", 'R', "Virus detected! P3scan rejected message!"},
    {"scanner", 's', ""},
    {"subject", 'S', "[Virus] found in a mail to you:"},
    {"template", 't', "/etc/p3scan/p3scan.mail"},
    {"scannertype", 'T', "libclamav"},
    {"user", 'u', "mail"},
    {"useurl", 'U', "no"},
    {"version", 'v', ""},
    {"demime", 'x', "no"},
    {"xmail", 'X', "/bin/mail"},
    {"spamcheck", 'z', "/usr/bin/spamc"},
};

TEST(Options, KeepNamesLettersAndDefaults) {
  for (const auto& row : kLegacy) {
    const auto* option = find_letter(row.letter);
    ASSERT_NE(option, nullptr) << row.letter;
    EXPECT_EQ(option->name, row.name);
    EXPECT_TRUE(option->of_2_3_2) << row.name;
    EXPECT_EQ(show_option(Config{}, row.name), row.shown) << row.name;
  }
}

TEST(Options, EveryLetterOf232IsKnown) {
  for (const char letter : std::string_view("hvfaAbBcCdeEFgGiIjJkKlLmMnNoOpPqrRsStTuUxXz")) {
    const auto* option = find_letter(letter);
    ASSERT_NE(option, nullptr) << letter;
    EXPECT_TRUE(option->of_2_3_2) << letter;
  }
  EXPECT_EQ(find_letter('y'), nullptr);
  EXPECT_EQ(find_letter('\0'), nullptr);
}

TEST(Options, AreUnique) {
  std::set<std::string_view> names;
  std::set<char> letters;
  const auto add = [&](const Option& option) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    for (const auto alias : option.aliases) EXPECT_TRUE(alias.empty() || names.insert(alias).second) << alias;
    EXPECT_TRUE(option.letter == 0 || letters.insert(option.letter).second) << option.letter;
  };
  for (const auto& option : options()) add(option);
}

TEST(Options, NamesOf30AreAliases) {
  const std::map<std::string_view, std::string_view> aliases = {
      {"freespace", "bytesfree"}, {"smtpsize", "checksize"},  {"smtpport", "emailport"}, {"delete", "justdelete"},
      {"delnotify", "notify"},    {"parsehtml", "overwrite"}, {"extrapgm", "xmail"}};
  for (const auto& [alias, name] : aliases) {
    const auto* option = find_option(alias).option;
    ASSERT_NE(option, nullptr) << alias;
    EXPECT_EQ(option->name, name);
  }
}

TEST(Options, OldAbbreviationsStayUnambiguous) {
  // Each beginning that fitted one option of 2.3.2 still means that option.
  std::vector<const Option*> old;
  for (const auto& option : options())
    if (option.of_2_3_2) old.push_back(&option);
  EXPECT_EQ(old.size(), 43U);
  for (const auto* option : old) {
    for (std::size_t n = 1; n < option->name.size(); ++n) {
      const auto start = option->name.substr(0, n);
      const auto fits = std::ranges::count_if(old, [&](const Option* o) { return o->name.starts_with(start); });
      const auto* found = find_option(start).option;
      if (fits == 1 && (found == nullptr || found->name != start)) EXPECT_EQ(found, option) << start;
    }
  }
}

TEST(Options, NearestName) {
  EXPECT_EQ(nearest_name("tmeout"), "timeout");
  EXPECT_EQ(nearest_name("TIMEOUT"), "timeout");
  EXPECT_EQ(nearest_name("max-childs"), "maxchilds");
  EXPECT_EQ(nearest_name("freespcae"), "freespace");
  EXPECT_EQ(nearest_name("foter"), "footer");
  EXPECT_EQ(nearest_name("prot"), "port");
  EXPECT_EQ(nearest_name("xyzzy"), "");
  EXPECT_EQ(nearest_name("a"), "");
  EXPECT_EQ(nearest_name(""), "");
  EXPECT_EQ(nearest_name(std::string(100000, 't')), "");
}

// The settings of an installation of 2.3.2 as its sample file has them.
TEST(Options, AcceptASetUpOf232) {
  const auto loaded = load_file(R"(/*
 * P3Scan configuration
 * option = not one
 */

pidfile = /var/run/p3scan/p3scan.pid
maxchilds = 10
ip = 0.0.0.0
port = 8110
targetip = 0.0.0.0
targetport = 8110
emailport = 25
user = mail
virusdir = /var/spool/p3scan
justdelete
bytesfree = 10000
scannertype = basic
scanner = /usr/bin/clamdscan --no-summary -i
viruscode = 1
goodcode = 2, 3
virusregexp = .*: (.*) FOUND/1
broken
timeout = 30
template = /etc/p3scan/p3scan.mail
subject = [Virus] found in a mail to you:
notify = Per instruction, the message has been deleted.
smtprset = Virus detected! P3scan rejected message!
checksize = 1024
enabletop
quiet)");
  ASSERT_TRUE(loaded) << errors_of(loaded);
  EXPECT_EQ(loaded->targetip, "");
  EXPECT_EQ(loaded->ip, std::vector<std::string>{"0.0.0.0"});
  EXPECT_TRUE(loaded->justdelete && loaded->broken && loaded->enabletop && loaded->quiet && loaded->template_given);
  EXPECT_EQ(loaded->scanners,
            (std::vector<ScannerConfig>{{ScannerType::basic, {"/usr/bin/clamdscan --no-summary -i"}}}));
  EXPECT_EQ(loaded->virusregexp, ".*: (.*) FOUND");
  EXPECT_EQ(loaded->virusregexp_part, 1);
}

TEST(Options, GivenOrNotIsKept) {
  EXPECT_FALSE(load_file("").value().clamdb_given);
  EXPECT_FALSE(load_file("").value().template_given);
  EXPECT_TRUE(load_file("clamdb = /var/lib/clamav\n").value().clamdb_given);
  EXPECT_TRUE(load_words({"-t", "/etc/p3scan/p3scan.mail"}).value().template_given);
}

}  // namespace
}  // namespace p3scan::config
