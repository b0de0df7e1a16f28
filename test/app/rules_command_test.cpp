// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/rules/command.h"
#include "app/rules/run_steps.h"

namespace p3scan::app::rules {
namespace {

using Act = CommandLine::Act;
using testing::ElementsAre;
using testing::HasSubstr;

Result<CommandLine, std::string> parsed(std::vector<const char*> words) { return parse(words); }

TEST(RulesCommand, Everything) {
  const auto line = parsed({"iptables", "eth1", "--tproxy", "--ports=25, 587", "eth2", "--local", "-f", "x.conf",
                            "--apply", "--ports", "110"});
  ASSERT_TRUE(line) << line.error();
  EXPECT_EQ(line->act, Act::apply);
  EXPECT_EQ(line->request.tool, Tool::iptables);
  EXPECT_THAT(line->request.interfaces, ElementsAre("eth1", "eth2"));
  EXPECT_THAT(line->request.ports, ElementsAre(25, 587, 110));
  EXPECT_TRUE(line->request.tproxy);
  EXPECT_TRUE(line->request.local);
  EXPECT_EQ(line->invocation.configfile, "x.conf");
  EXPECT_TRUE(line->invocation.configfile_given);
}

TEST(RulesCommand, Acts) {
  struct Row {
    std::vector<const char*> words;
    Act act;
  };
  const Row rows[] = {{{"nft", "eth1"}, Act::print},
                      {{"--remove", "nft"}, Act::remove},
                      {{"nft", "--apply", "--apply"}, Act::apply},
                      {{"--help"}, Act::help},
                      {{"nft", "-h"}, Act::help}};
  for (const auto& row : rows) {
    const auto line = parsed(row.words);
    ASSERT_TRUE(line) << line.error();
    EXPECT_EQ(line->act, row.act);
    EXPECT_FALSE(line->invocation.configfile_given);
  }
}

TEST(RulesCommand, Mistakes) {
  struct Row {
    std::vector<const char*> words;
    const char* said;
  };
  const Row rows[] = {{{}, "nft or iptables"},
                      {{"eth1"}, "neither nft nor iptables"},
                      {{"nft", "--aply"}, "no option --aply"},
                      {{"nft", "--apply", "--remove"}, "contradict"},
                      {{"nft", "-f"}, "-f needs a value"},
                      {{"nft", "--ports="}, "port numbers"},
                      {{"nft", "--ports=25,"}, "port numbers"},
                      {{"nft", "--ports=0"}, "port numbers"},
                      {{"nft", "--ports=65536"}, "port numbers"},
                      {{"nft", "--ports=smtp"}, "port numbers"}};
  for (const auto& row : rows) {
    const auto line = parsed(row.words);
    ASSERT_FALSE(line) << row.said;
    EXPECT_THAT(line.error(), HasSubstr(row.said));
  }
}

TEST(RunSteps, InOrderUntilOneFails) {
  const std::vector<Step> good = {{.words = {"cat"}, .input = std::string(200'000, 'x')}, {.words = {"true"}}};
  EXPECT_TRUE(run_steps(good));
  const std::vector<Step> bad = {{.words = {"ls", "/nonexistent/file"}}, {.words = {"true"}}};
  const auto done = run_steps(bad);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error(), HasSubstr("'ls /nonexistent/file' exited with status 2: "));
  EXPECT_THAT(done.error(), HasSubstr("No such file"));
}

TEST(RunSteps, QuestionsDecide) {
  struct Row {
    const char* name;
    Question question;
    bool run_if;
    bool runs;
  };
  const Row rows[] = {{"no, wanted no", {.words = {"false"}}, false, true},
                      {"yes, wanted no", {.words = {"true"}}, false, false},
                      {"yes, wanted yes", {.words = {"true"}}, true, true},
                      {"silent yes counts for no", {.words = {"true"}, .must_print = true}, true, false},
                      {"spoken yes", {.words = {"echo"}, .must_print = true}, true, true},
                      {"spoken no", {.words = {"ls", "/nonexistent"}, .must_print = true}, true, false}};
  for (const auto& row : rows) {
    const std::vector<Step> steps = {{.words = {"false"}, .question = row.question, .run_if = row.run_if}};
    EXPECT_EQ(run_steps(steps).has_value(), !row.runs) << row.name;
  }
}

TEST(RunSteps, OnlyProgramsOfTheSystem) {
  for (const auto* const name : {"p3scan-no-such-program", "../bin/../nowhere"}) {
    const auto done = run_steps(std::vector<Step>{{.words = {name}}});
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error(), HasSubstr("is not installed"));
  }
}

}  // namespace
}  // namespace p3scan::app::rules
