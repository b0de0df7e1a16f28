// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/program_presets.h"

#include <array>

#include "base/ascii.h"
#include "scanner/program.h"

namespace p3scan {
namespace {

struct Preset {
  std::string_view program;
  std::string_view arguments;
  std::string_view virusregexp;  // ungreedy, as all of them
};

// "[Found virus] <NAME (exact)> /path"
constexpr Preset kFpscan{"fpscan", "--report --mount --adware", R"(^\[Found [^\]]*\]\s*<([^(>]*) ?(?:\(.*\))?>)"};
// "/path  Infection: NAME"
constexpr Preset kFprot4{"f-prot", "-dumb -archive -packed", R"((?:Infection:|security risk named|contains) (.*)\s*$)"};
// "/path: Infected: NAME [AVP]"
constexpr Preset kFsav{"fsav", "--virus-action1=report --archive=yes --auto=yes --list=no",
                       R"((?:[Ii]nfection|Infected|Suspected|Riskware): (.*)(?: \[[^\]]*\])?\s*$)"};

constexpr int kFpscanVirus = 1 | 2 | 128;
constexpr std::array kFpscanUnscannable = {8, 64, 8 | 64};
constexpr int kCodes = 256;

std::string_view program_of(std::string_view command) {
  auto word = ascii::take_word(command);
  return word.substr(word.find_last_of('/') + 1);
}

std::string command_line(const Preset& preset, std::string_view given) {
  given = ascii::trim(given);
  std::string command(given.empty() ? preset.program : given);
  const bool bare = given.find_first_of(" \t") == std::string_view::npos;
  if (bare) command.append(" ").append(preset.arguments);
  return command;
}

}  // namespace

ProgramSettings fprot_settings(std::string_view command) {
  command = ascii::trim(command);
  const bool only_old = find_program("fpscan").empty() && !find_program("f-prot").empty();
  const bool old = command.empty() ? only_old : program_of(command).starts_with("f-prot");
  const auto& preset = old ? kFprot4 : kFpscan;
  ProgramSettings settings;
  settings.name = "fprot";
  settings.command = command_line(preset, command);
  settings.virusregexp = preset.virusregexp;
  if (old) {
    settings.viruscode = {3, 6, 8};
    return settings;
  }
  for (int code = 0; code < kCodes; ++code) {
    if ((code & kFpscanVirus) != 0) settings.viruscode.push_back(code);
  }
  settings.unscannablecode.assign(kFpscanUnscannable.begin(), kFpscanUnscannable.end());
  return settings;
}

ProgramSettings fsecure_settings(std::string_view command) {
  ProgramSettings settings;
  settings.name = "fsecure";
  settings.command = command_line(kFsav, command);
  settings.viruscode = {3, 4, 6, 8};
  settings.unscannablecode = {9};
  settings.virusregexp = kFsav.virusregexp;
  return settings;
}

}  // namespace p3scan
