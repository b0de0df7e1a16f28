// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/spam_filter_fixture.h"

namespace p3scan {
namespace {

using SpamCommandTest = SpamFilterTest;

TEST_F(SpamCommandTest, Command) {
  settings.command = script("echo X-Spam-Flag: YES; grep -v ^X-Spam | tr -d '\\r'; echo warning >&2");
  const auto filtered = run();
  EXPECT_EQ(text_of(filtered), kWithoutFlag);
  EXPECT_EQ(filtered.added, "X-Spam-Flag: YES\r\n");
  EXPECT_EQ(filtered.note, "is spam for command (warning)");
}

TEST_F(SpamCommandTest, CommandThatWrapsTheMail) {
  settings.command =
      script(
          "printf 'From: r@b.test\\nX-Spam-Flag: %s\\nContent-Type: multipart/mixed; boundary=b\\n\\n--b\\n\\n' $1; "
          "tr -d '\\r'; echo; echo --b--") +
      " YES";
  const auto filtered = run();
  EXPECT_EQ(text_of(filtered), kWithoutFlag);
  EXPECT_EQ(filtered.added, "X-Spam-Flag: YES\r\n");
  settings.command.replace(settings.command.size() - 3, 3, "NO");
  EXPECT_TRUE(is_nothing(run())) << "only spam is wrapped";
}

TEST_F(SpamCommandTest, CommandThatFails) {
  struct Row {
    std::string_view script;
    std::string_view note;
  };
  const Row rows[] = {
      {"cat; exit 3", "ended with code 3"},
      {"echo X-Spam-Flag: YES; cat; kill -9 $$", "was killed by signal 9"},
      {"exit 0", "printed nothing"},
      {"echo nonsense", "is not the mail: a line is no field"},
      {"cat; echo more", "is not the mail: the body is different"},
      {"sed 's/hello/bye/'", "is not the mail: the body is different"},
      {"head -c 40", "is not the mail: the field"},
      {"head -c 73", "is not the mail: the body is different"},
      {"echo no rules >&2; exit 1", "ended with code 1: no rules"},
      {"cat >/dev/null; exec sleep 100", "did not end within 300 ms"},
      {"exec cat /dev/zero", "printed too much"},
  };
  settings.limit = std::chrono::milliseconds(300);
  settings.policy.remove = true;
  for (const auto& row : rows) {
    settings.command = script(row.script);
    if (row.note.contains("did not"))
      settings.limit = std::chrono::milliseconds(300);
    else
      settings.limit = std::chrono::seconds(20);
    const auto filtered = run();
    EXPECT_TRUE(is_nothing(filtered)) << row.script;
    EXPECT_NE(filtered.note.find(row.note), std::string::npos) << row.script << ": " << filtered.note;
  }
  settings.command = dir.path() + "/missing";
  EXPECT_NE(run().note.find("can't start"), std::string::npos);
}

TEST_F(SpamCommandTest, UserIsOneWord) {
  settings.command = script("echo \"X-Args: $#:$1:$2\"; cat") + " -u dspamuser";
  const auto args = [&](std::string_view user) {
    facts.user = user;
    return run(kWithoutFlag).added;
  };
  EXPECT_EQ(args("joe"), "X-Args: 2:-u:joe\r\n");
  EXPECT_EQ(args("$(id); joe 'x"), "X-Args: 2:-u:$(id); joe 'x\r\n");
  EXPECT_EQ(args("a\nb"), "X-Args: 2:-u:ab\r\n");
  EXPECT_EQ(args("--help"), "X-Args: 2:-u:dspamuser\r\n");
  EXPECT_EQ(args(""), "X-Args: 2:-u:dspamuser\r\n");
}

TEST_F(SpamCommandTest, Dspam) {
  settings.kind = SpamKind::dspam;
  settings.command = script("echo \"X-DSPAM-Args: $*\"; echo X-DSPAM-Result: Spam; cat") + " --stdout";
  auto filtered = run(kWithoutFlag);
  EXPECT_EQ(filtered.added, "X-DSPAM-Args: --stdout --user joe\r\nX-DSPAM-Result: Spam\r\n");
  EXPECT_EQ(filtered.note, "is spam for dspam");
  settings.command += " --user dspamuser -x";
  EXPECT_TRUE(run(kWithoutFlag).added.starts_with("X-DSPAM-Args: --stdout --user joe -x\r\n"));
  facts.user = "-x";
  settings.command = script("echo \"X-DSPAM-Args: $*\"; cat") + " --stdout";
  EXPECT_EQ(run(kWithoutFlag).added, "X-DSPAM-Args: --stdout\r\n");
}

TEST_F(SpamCommandTest, NoPipe) {
  settings.pipe = false;
  settings.file_directory = dir.path() + "/children";
  settings.command = script("echo \"X-Count: $#\"; cat \"$2\"") + " -f";
  EXPECT_EQ(run(kWithoutFlag).added, "X-Count: 2\r\n");
  tools.spool.memory = 10;
  EXPECT_EQ(run(kWithoutFlag).added, "X-Count: 2\r\n");
  settings.command = script("cat \"$2\"; echo x >> \"$2\"") + " -f";
  const auto filtered = run(kWithoutFlag);
  EXPECT_TRUE(is_nothing(filtered));
  EXPECT_NE(filtered.note.find("changed the file"), std::string::npos) << filtered.note;
}

}  // namespace
}  // namespace p3scan
