// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "config/scanners.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>

#include "base/ascii.h"
#include "config/check_text.h"
#include "config/text.h"

namespace p3scan::config {
namespace {

using Lines = std::vector<ScannerGiven>;

constexpr std::string_view kDefaultClamd = "127.0.0.1:3310";
constexpr std::size_t kMaxTargets = 64;

struct TypeName {
  std::string_view text;
  ScannerType type;
};
constexpr TypeName kTypes[] = {
    {"libclamav", ScannerType::libclamav}, {"clamav", ScannerType::libclamav}, {"clamd", ScannerType::clamd},
    {"basic", ScannerType::basic},         {"bash", ScannerType::bash},        {"avpd", ScannerType::avpd},
    {"avpd_new", ScannerType::avpd_new},   {"trophie", ScannerType::trophie},  {"sophie", ScannerType::sophie},
    {"icap", ScannerType::icap},           {"fprot", ScannerType::fprot},      {"fsecure", ScannerType::fsecure}};

/// One engine: the line that starts it and the targets that belong to it.
struct Engine {
  ScannerType type;
  std::string place;
  std::vector<const ScannerGiven*> lines;
};

using MaybeError = std::optional<std::string>;  // the message, when something is wrong

MaybeError take_pool(const Engine& engine, ScannerConfig& scanner, Checked (*check)(std::string_view)) {
  for (const auto* line : engine.lines) {
    for (const auto target : list_items(line->target)) {
      if (const auto checked = check(target); !checked)
        return fmt::format("{}'scanner': {} {}", line->place, in_quotes(target), checked.error());
      if (std::ranges::find(scanner.targets, target) == scanner.targets.end()) scanner.targets.emplace_back(target);
    }
  }
  if (scanner.targets.size() > kMaxTargets)
    return fmt::format("{}'scanner': more than {} servers in one pool: remove some", engine.place, kMaxTargets);
  return std::nullopt;
}

MaybeError take_clamd(const Engine& engine, ScannerConfig& scanner) {
  auto error = take_pool(engine, scanner, check_clamd);
  if (!error && scanner.targets.empty()) scanner.targets.emplace_back(kDefaultClamd);
  return error;
}

MaybeError take_icap(const Engine& engine, ScannerConfig& scanner) {
  if (engine.lines.empty())
    return fmt::format("{}'scannertype' icap needs to know where: add scanner = icap://host:port/service",
                       engine.place);
  return take_pool(engine, scanner, check_icap);
}

MaybeError more_than_one(const Engine& engine, std::string_view what) {
  if (engine.lines.size() <= 1) return std::nullopt;
  return fmt::format("{}'scanner': a {} scanner has one {}: remove one, or put a scannertype line before this one",
                     engine.lines[1]->place, name_of(engine.type), what);
}

MaybeError take_program(const Engine& engine, ScannerConfig& scanner) {
  if (engine.lines.empty())
    return fmt::format("{}'scannertype' {} needs to know what to run: add a scanner line with the command",
                       engine.place, name_of(engine.type));
  scanner.targets = {engine.lines.front()->target};
  return more_than_one(engine, "command");
}

/// fprot and fsecure know their program, trophie and the like their socket: an empty list of targets.
MaybeError take_preset(const Engine& engine, ScannerConfig& scanner) {
  if (!engine.lines.empty()) scanner.targets = {engine.lines.front()->target};
  return more_than_one(engine, "command");
}

MaybeError take_socket(const Engine& engine, ScannerConfig& scanner) {
  if (engine.lines.empty()) return std::nullopt;
  const auto* line = engine.lines.front();
  if (const auto checked = check_path(line->target); !checked)
    return fmt::format("{}'scanner': {} {}", line->place, in_quotes(line->target), checked.error());
  scanner.targets = {line->target};
  return more_than_one(engine, "socket");
}

MaybeError finish_engine(const Engine& engine, ScannerConfig& scanner) {
  switch (engine.type) {
    case ScannerType::libclamav: return std::nullopt;  // 3.0 ignored the scanner line, and so do its set-ups
    case ScannerType::clamd: return take_clamd(engine, scanner);
    case ScannerType::icap: return take_icap(engine, scanner);
    case ScannerType::basic:
    case ScannerType::bash: return take_program(engine, scanner);
    case ScannerType::fprot:
    case ScannerType::fsecure: return take_preset(engine, scanner);
    case ScannerType::avpd:
    case ScannerType::avpd_new:
    case ScannerType::trophie:
    case ScannerType::sophie: return take_socket(engine, scanner);
  }
  return std::nullopt;
}

/// What the command line leaves of the file's lines: a type alone keeps the target, a target alone the type.
Result<Lines, std::string> merge(std::span<const ScannerGiven> file, std::span<const ScannerGiven> command_line) {
  const auto file_types = std::ranges::count(file, true, &ScannerGiven::is_type);
  const auto types = std::ranges::count(command_line, true, &ScannerGiven::is_type);
  const auto targets = static_cast<std::ptrdiff_t>(command_line.size()) - types;
  if (command_line.empty()) return Lines(file.begin(), file.end());
  Lines lines;
  if (types == 0) {
    if (file_types > 1)
      return fail(fmt::format("{}'scanner': the configuration file has several scanners: say which with --scannertype",
                              command_line.front().place));
    std::ranges::copy_if(file, std::back_inserter(lines), &ScannerGiven::is_type);
  }
  std::ranges::copy(command_line, std::back_inserter(lines));
  const bool keeps_target =
      types == 1 && targets == 0 && file_types <= 1 && command_line.front().type != ScannerType::libclamav;
  if (keeps_target) std::ranges::copy_if(file, std::back_inserter(lines), std::not_fn(&ScannerGiven::is_type));
  return lines;
}

Result<std::vector<Engine>, std::string> group(const Lines& lines) {
  const auto types = std::ranges::count(lines, true, &ScannerGiven::is_type);
  std::vector<Engine> engines;
  if (lines.empty()) engines.push_back({ScannerType::libclamav, "", {}});
  if (types == 0 && !lines.empty()) engines.push_back({ScannerType::basic, lines.front().place, {}});
  if (types == 1) {
    const auto type = std::ranges::find(lines, true, &ScannerGiven::is_type);
    engines.push_back({type->type, type->place, {}});
  }
  for (const auto& line : lines) {
    if (types > 1 && line.is_type) engines.push_back({line.type, line.place, {}});
    if (line.is_type) continue;
    if (engines.empty())
      return fail(fmt::format("{}'scanner' stands before the first of several scannertype lines: put it below its own",
                              line.place));
    engines.back().lines.push_back(&line);
  }
  return engines;
}

}  // namespace

Result<ScannerType, std::string> parse_scannertype(std::string_view text) {
  for (const auto& name : kTypes)
    if (ascii::equal_nocase(name.text, text)) return name.type;
  std::string names;
  for (const auto& name : kTypes)
    if (name.text != "clamav") names.append(names.empty() ? "" : ", ").append(name.text);
  return fail(fmt::format("{} is not supported: use one of {}", in_quotes(text), names));
}

std::string_view name_of(ScannerType type) { return std::ranges::find(kTypes, type, &TypeName::type)->text; }

Result<std::vector<ScannerConfig>, std::vector<std::string>> make_scanners(std::span<const ScannerGiven> file,
                                                                           std::span<const ScannerGiven> command_line) {
  const auto lines = merge(file, command_line);
  if (!lines) return fail(Errors{lines.error()});
  const auto engines = group(*lines);
  if (!engines) return fail(Errors{engines.error()});
  std::vector<ScannerConfig> scanners;
  Errors errors;
  for (const auto& engine : *engines) {
    ScannerConfig scanner{engine.type, {}};
    if (auto error = finish_engine(engine, scanner)) errors.push_back(*error);
    const bool again = std::ranges::find(scanners, scanner) != scanners.end();
    if (again) errors.push_back(fmt::format("{}'scannertype': this scanner is given twice: remove one", engine.place));
    scanners.push_back(std::move(scanner));
  }
  if (!errors.empty()) return fail(errors);
  return scanners;
}

}  // namespace p3scan::config
