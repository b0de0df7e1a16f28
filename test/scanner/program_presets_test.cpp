// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/program_presets.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "spool/scratch.h"

namespace p3scan {
namespace {

using scan::Clean;
using scan::Failed;
using scan::Infected;
using scan::Unscannable;
using scan::Verdict;

class PresetTest : public testing::Test {
 protected:
  /// A program of that name that prints one line and ends with that code.
  std::string program(const std::string& name, const std::string& line, int code) {
    const auto path = dir.path() + "/" + name;
    std::ofstream(path) << "#!/bin/sh\nfor last; do :; done\nprintf '%s\\n' \"" << line << "\" \"$*\"\nexit " << code
                        << "\n";
    ::chmod(path.c_str(), 0755);
    return path;
  }
  Verdict run(const ProgramSettings& settings) {
    auto engine = ProgramEngine::make(io.get_executor(), settings);
    if (!engine) throw std::runtime_error(engine.error());
    const Message message(io.get_executor(), SpoolLimits{.directory = dir.path()});
    return test::run(io, (*engine)->look("/m/x", message, facts));
  }
  static std::string_view name_in(const Verdict& verdict) {
    const auto* const found = std::get_if<Infected>(&verdict);
    return found == nullptr ? std::string_view() : found->name;
  }

  test::Scratch dir;
  asio::io_context io;
  const scan::MailFacts facts;
};

TEST_F(PresetTest, FpscanHasBits) {
  for (int code = 0; code < 256; ++code) {
    const auto verdict = run(fprot_settings(program("fpscan", "[Found virus] <EICAR_Test_File (exact)> $last", code)));
    const bool unscannable = code == 8 || code == 64 || code == 72;
    if (code == 0) {
      EXPECT_EQ(verdict, Verdict(Clean{}));
    } else if ((code & (1 | 2 | 128)) != 0) {
      EXPECT_EQ(verdict, (Verdict{Infected{.name = "EICAR_Test_File", .engine = "fprot"}})) << code;
    } else {
      EXPECT_EQ(kind_name(verdict), unscannable ? "unscannable" : "failed") << code;
    }
  }
}

TEST_F(PresetTest, OtherCodes) {
  struct Row {
    std::string name;
    int code;
    std::string_view kind;
  };
  const Row rows[] = {
      {"f-prot", 0, "clean"},       {"f-prot", 1, "failed"},    {"f-prot", 2, "failed"}, {"f-prot", 3, "infected"},
      {"f-prot", 5, "failed"},      {"f-prot", 6, "infected"},  {"f-prot", 7, "failed"}, {"f-prot", 8, "infected"},
      {"f-prot.sh", 3, "infected"}, {"f-prot.sh", 1, "failed"}, {"fsav", 0, "clean"},    {"fsav", 1, "failed"},
      {"fsav", 3, "infected"},      {"fsav", 4, "infected"},    {"fsav", 6, "infected"}, {"fsav", 7, "failed"},
      {"fsav", 8, "infected"},      {"fsav", 9, "unscannable"}, {"fsav", 130, "failed"}, {"fsav", 2, "failed"},
  };
  for (const auto& row : rows) {
    const auto path = program(row.name, "", row.code);
    const auto settings = row.name == "fsav" ? fsecure_settings(path) : fprot_settings(path);
    EXPECT_EQ(kind_name(run(settings)), row.kind) << row.name << row.code;
  }
}

TEST_F(PresetTest, Names) {
  struct Row {
    std::string name;
    std::string line;
    std::string_view virus;
    int code;
  };
  const Row rows[] = {
      {"fpscan", "[Found virus] <EICAR_Test_File (exact)> $last", "EICAR_Test_File", 1},
      {"fpscan", "[Found possible trojan] <W32/Heuristic-X!Eldorado (not disinfectable)> $last",
       "W32/Heuristic-X!Eldorado", 2},
      {"fpscan", "[Found virus] <EICAR_Test_File> $last", "EICAR_Test_File", 1},
      {"f-prot", "$last  Infection: EICAR_Test_File", "EICAR_Test_File", 3},
      {"f-prot", "$last is a security risk named W32/Tool", "W32/Tool", 3},
      {"fsav", "$last: Infected: EICAR_Test_File [AVP]", "EICAR_Test_File", 3},
      {"fsav", "$last: Riskware: RemoteAdmin.Win32.X [AVP]", "RemoteAdmin.Win32.X", 4},
      {"fsav", "$last: Suspected: Type_Win32", "Type_Win32", 8},
      {"fsav", "$last: infection: EICAR_Test_File", "EICAR_Test_File", 3},
  };
  for (const auto& row : rows) {
    const auto path = program(row.name, row.line, row.code);
    const auto settings = row.name == "fsav" ? fsecure_settings(path) : fprot_settings(path);
    EXPECT_EQ(name_in(run(settings)), row.virus) << row.line;
  }
}

TEST_F(PresetTest, Arguments) {
  EXPECT_EQ(fprot_settings("/opt/f-prot/fpscan").command, "/opt/f-prot/fpscan --report --mount --adware");
  EXPECT_EQ(fprot_settings("/opt/f-prot/fpscan -s 4").command, "/opt/f-prot/fpscan -s 4");
  EXPECT_EQ(fprot_settings("/opt/f-prot/f-prot.sh").command, "/opt/f-prot/f-prot.sh -dumb -archive -packed");
  EXPECT_TRUE(fprot_settings("").command.starts_with("fpscan "));
  EXPECT_TRUE(fsecure_settings("").command.starts_with("fsav --virus-action1=report "));
  EXPECT_EQ(fsecure_settings("/opt/fsav --archive").command, "/opt/fsav --archive");
}

}  // namespace
}  // namespace p3scan
