// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "config/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "config/option.h"
#include "config/prose.h"
#include "loading.h"

namespace p3scan::config {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool is_for_files(const Option& option) {
  return option.section != Section::command && option.section != Section::hidden;
}

TEST(VersionText, HasTheLayoutThatOtherProgramsParse) {
  const auto lines = lines_of(version_text());
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0], "");
  EXPECT_EQ(lines[1], "P3Scan " P3SCAN_VERSION);
  EXPECT_NE(lines[2], "");
  EXPECT_NE(lines[3], "");
  EXPECT_EQ(lines[4], "");
}

TEST(HelpText, BeginsWithTheVersionAndListsEveryOption) {
  const auto help = help_text();
  EXPECT_TRUE(help.starts_with(version_text()));
  for (const auto& option : options()) {
    if (option.section == Section::hidden) {
      EXPECT_FALSE(help.contains(option.name)) << option.name;
      continue;
    }
    const auto letter = option.letter == 0 ? std::string("    ") : std::string("-") + option.letter + ", ";
    const auto argument = option.takes_value() ? "=" + std::string(option.argument) : std::string();
    EXPECT_TRUE(help.contains("\n  " + letter + "--" + std::string(option.name) + argument)) << option.name;
    EXPECT_FALSE(option.help.empty()) << option.name;
    EXPECT_FALSE(option.help.ends_with('.')) << option.name;
  }
  for (const auto& line : lines_of(help)) EXPECT_LE(line.size(), 79U) << line;
}

TEST(SampleConf, SetsNothing) {
  const auto loaded = load_file(sample_conf());
  ASSERT_TRUE(loaded) << errors_of(loaded);
  EXPECT_EQ(*loaded, load_file("").value());
}

TEST(SampleConf, ShowsTheDefaults) {
  std::string uncommented;
  for (const auto& line : lines_of(sample_conf())) {
    if (line.size() < 2 || line[0] != '#' || line[1] == ' ') continue;
    const auto name = line.substr(1, line.find(' ') - 1);
    if (!show_option(Config{}, name).empty()) uncommented += line.substr(1) + "\n";
  }
  auto loaded = load_file(uncommented);
  ASSERT_TRUE(loaded) << errors_of(loaded);
  set_given(*loaded, false);
  EXPECT_EQ(*loaded, load_file("").value());
}

TEST(SampleConf, ListsEveryOptionAndItsExamplesAreRight) {
  const auto sample = sample_conf();
  for (const auto& option : options()) {
    const auto shown = sample.contains("\n#" + std::string(option.name) + " = ");
    EXPECT_EQ(shown, is_for_files(option)) << option.name;
    if (option.example.empty() || option.is<ScannerLine>()) continue;
    EXPECT_TRUE(load_file(std::string(option.name) + " = " + std::string(option.example))) << option.name;
  }
  for (const auto& line : lines_of(sample)) EXPECT_LE(line.size(), 79U) << line;
}

TEST(ManPages, ListEveryOption) {
  const auto page8 = man_p3scan();
  const auto page5 = man_conf();
  for (const auto& option : options()) {
    const auto name = std::string(option.name);
    EXPECT_EQ(page8.contains("Fl \\-" + name + "\n") || page8.contains("Fl \\-" + name + " Ns"),
              option.section != Section::hidden)
        << name;
    EXPECT_EQ(page5.contains("\n.It Cm " + name + " No = "), is_for_files(option)) << name;
  }
}

TEST(ManPages, NoTextActsAsARequest) {
  for (const auto& page : {man_p3scan(), man_conf()}) {
    for (const auto& line : lines_of(page)) {
      EXPECT_LE(line.size(), 120U) << line;
      EXPECT_FALSE(line.empty()) << "mdoc(7) has no empty lines";
    }
  }
}

TEST(Describe, SettingsReadBackToTheSame) {
  constexpr std::string_view kFiles[] = {
      "",
      "useurl\nuseurlallow = pop.example.net, 198.51.100.0/24\n",
      "scannertype = clamd\nscanner = a:1, /s\nscannertype = basic\nscanner = /bin/scan 'a b'\nvirusregexp = (.*)/0\n",
      "onunscannable = notify\nonfailure = out:deliver\nxheader = no\nsubject = # = x\n",
      "ip = ::1\nip = 192.0.2.1\ntargetip = mail.example.net\ntargetport = 110\nbarelf = pass\nemailport = 25, 587\n",
  };
  for (const auto file : kFiles) {
    auto first = load_file(file);
    ASSERT_TRUE(first) << errors_of(first);
    auto again = load_file(settings_text(*first));
    ASSERT_TRUE(again) << errors_of(again);
    EXPECT_TRUE(describe(*first).ends_with("\nSettings:\n" + settings_text(*first)));
    set_given(*first, true);
    set_given(*again, true);
    EXPECT_EQ(*again, *first) << settings_text(*first);
  }
}

TEST(Settings, TellWhereEachComesFrom) {
  const Words words = {"p3scan", "-f", "p3scan.conf", "-O", "7", "--checkspam=/bin/spam"};
  const auto loaded =
      load_with_origins(words, "quiet\ntimeout = 5\nextra = a@x b@x\nspamreject\nscannertype = clamd\n", "p3scan.conf");
  ASSERT_TRUE(loaded);
  const auto text = settings_with_origins(*loaded);
  for (const auto* line :
       {"\ntimeout: 7  (command line)\n", "\nquiet: yes  (p3scan.conf:1)\n", "\nextra: a@x, b@x  (p3scan.conf:3)\n",
        "\nport: 8110  (default)\n", "\nspamcheck: /bin/spam  (command line)\n", "\nspamout: yes  (p3scan.conf:4)\n",
        "\nscanner: 127.0.0.1:3310  (default)\n", "\nscannertype: clamd  (p3scan.conf:5)\n",
        "\nconfigfile: p3scan.conf  (command line)\n", "\nispspam:   (default)\n"})
    EXPECT_TRUE(text.contains(line)) << line << text;
  for (const auto& option : options())
    EXPECT_EQ(text.contains("\n" + std::string(option.name) + ": ") || text.starts_with(option.name),
              is_for_files(option) || option.name == "configfile")
        << option.name;
}

TEST(Settings, OfAReload) {
  const auto running = load_file("port = 8111\nquiet\nlogfac = 16\ntimeout = 5\nextra = a@x\n").value();
  const auto fresh = load_file("logfac = 16\n").value();
  EXPECT_EQ(fresh.timeout, Config{}.timeout) << "what was removed is the default again";
  EXPECT_TRUE(fresh.extra.empty());
  EXPECT_EQ(changed_at_start_only(running, fresh), (std::vector<std::string_view>{"port", "quiet"}));
  EXPECT_TRUE(changed_at_start_only(running, running).empty());
}

TEST(Describe, SaysWhatWouldHappen) {
  const auto text = describe(load_file("tproxy\nscannertype = clamd\nonfailure = in:deliver\njustdelete\n").value());
  for (const auto* part :
       {"(p3scan.conf)", "port 8110 of all IPv4 and IPv6 addresses", "(by TPROXY)", "clamd at 127.0.0.1:3310",
        "replaced by a notification and deleted", "incoming mail is delivered unscanned, outgoing mail is answered",
        "Note: onfailure lets mail pass unscanned", "\n  scannertype = clamd\n  scanner = 127.0.0.1:3310\n"})
    EXPECT_TRUE(text.contains(part)) << part << "\n" << text;
}

struct NoteCase {
  std::string_view file;
  std::string_view begins;  // of the only note; empty = none
};
constexpr NoteCase kNotes[] = {
    {"", ""},
    {"targetport = 110\n", "targetport has no effect"},
    {"targetip = 192.0.2.1\n", "targetport is 8110"},
    {"targetip = 192.0.2.1\ntargetport = 110\n", ""},
    {"useurlallow = 192.0.2.1\n", "useurlallow has no effect"},
    {"scannertype = clamd\nclamdb = /x\n", "clamdb has no effect"},
    {"viruscode = 2\n", "viruscode, goodcode and virusregexp have no effect"},
    {"scanner = /s\ngoodcode = 1\n", "an exit code is both"},
    {"checksize = 1\n", "checksize lets"},
    {"onfailure = deliver\n", "onfailure lets"},
    {"xheader = no\n", "a mail that can't be looked into is marked"},
    {"xheader = no\nonunscannable = tempfail\n", ""},
};

TEST(Notes, TellWhatDeservesASecondLook) {
  for (const auto& row : kNotes) {
    const auto loaded = load_file(row.file);
    ASSERT_TRUE(loaded) << errors_of(loaded);
    const auto found = notes(*loaded);
    ASSERT_EQ(found.size(), row.begins.empty() ? 0U : 1U) << row.file;
    if (!found.empty()) EXPECT_TRUE(found.front().starts_with(row.begins)) << found.front();
  }
}

TEST(OutputOf, IsForActionsThatNeedNoConfiguration) {
  EXPECT_EQ(output_of(Action::help), help_text());
  EXPECT_EQ(output_of(Action::version), version_text());
  EXPECT_EQ(output_of(Action::dump_sample_conf), sample_conf());
  EXPECT_EQ(output_of(Action::dump_man8), man_p3scan());
  EXPECT_EQ(output_of(Action::dump_man5), man_conf());
  EXPECT_EQ(output_of(Action::run), std::nullopt);
  EXPECT_EQ(output_of(Action::check), std::nullopt);
  EXPECT_EQ(std::ranges::count(kNotOk, '\n'), 2);
  EXPECT_TRUE(kNotOk.starts_with("Commandline options/configfile are not ok"));
}

TEST(Prose, WrapsAtBlanksOnly) {
  EXPECT_EQ(wrap("a bb ccc", 4), (std::vector<std::string>{"a bb", "ccc"}));
  EXPECT_EQ(wrap("a bb", 3), (std::vector<std::string>{"a", "bb"}));
  EXPECT_EQ(wrap("abcdef g", 3), (std::vector<std::string>{"abcdef", "g"}));
  EXPECT_TRUE(wrap("  ", 3).empty());
  EXPECT_EQ(sentences("One. Two, 3.4. Three"), (std::vector<std::string>{"One.", "Two, 3.4.", "Three"}));
}

}  // namespace
}  // namespace p3scan::config
