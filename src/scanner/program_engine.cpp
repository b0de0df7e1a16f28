// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/program_engine.h"

#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <system_error>

#include "scan/command_line.h"
#include "scan/exit_status.h"
#include "scanner/bash_arguments.h"
#include "scanner/cancelled.h"
#include "scanner/program.h"

namespace p3scan {
namespace {

constexpr std::size_t kOutputMax = 64UL * 1024;  // octets of output in which names are looked for

}  // namespace

ProgramEngine::ProgramEngine(asio::any_io_executor executor, ProgramSettings settings, Ready ready)
    : executor_(std::move(executor)), settings_(std::move(settings)), ready_(std::move(ready)) {}

Result<ProgramEngine::Ready, std::string> ProgramEngine::prepare(const ProgramSettings& settings) {
  auto command = scan::split_command_line(settings.command);
  if (!command) return fail("scanner: " + command.error());
  Ready ready{.words = std::move(command->words), .warning = std::move(command->warning), .regexp = std::nullopt};
  if (settings.virusregexp.empty()) return ready;
  auto regexp = scan::VirusRegexp::compile(settings.virusregexp, settings.virusregexp_part);
  if (!regexp) return fail("virusregexp: " + regexp.error());
  ready.regexp = std::move(*regexp);
  return ready;
}

Result<void, std::string> ProgramEngine::check(const ProgramSettings& settings) {
  const auto ready = prepare(settings);
  if (!ready) return fail(ready.error());
  if (find_program(ready->words.front()).empty()) {
    return fail(fmt::format("scanner: there is no program {}", ready->words.front()));
  }
  if (ready->warning.empty()) return {};
  return fail(
      fmt::format("scanner: {}; quote it, or let a shell run the line: /bin/sh -c '... \"$0\"'", ready->warning));
}

Result<std::unique_ptr<ProgramEngine>, std::string> ProgramEngine::make(const asio::any_io_executor& executor,
                                                                        const ProgramSettings& settings) {
  auto ready = prepare(settings);
  if (!ready) return fail(ready.error());
  return std::unique_ptr<ProgramEngine>(
      new ProgramEngine(executor, settings, std::move(*ready)));  // the constructor is private
}

asio::awaitable<scan::Verdict> ProgramEngine::look(const std::string& path, const Message& message,
                                                   const scan::MailFacts& facts) {
  auto words = ready_.words;
  if (settings_.arguments == ProgramArguments::details) {
    std::ranges::move(bash_arguments(path, message.head(), facts, std::chrono::system_clock::now()),
                      std::back_inserter(words));
  } else {
    words.push_back(path);
  }
  auto program = Program::start(executor_, words);
  if (!program) {
    co_return scan::Failed{fmt::format("{}: can't start {}: {}", settings_.name, words.front(),
                                       std::generic_category().message(program.error()))};
  }
  std::string output;
  const auto exit = co_await program->run(output, kOutputMax);
  co_await throw_if_cancelled();
  auto names = ready_.regexp ? ready_.regexp->names(output) : std::string();
  const scan::ExitCodes codes{
      .virus = settings_.viruscode, .good = settings_.goodcode, .unscannable = settings_.unscannablecode};
  co_return scan::verdict_of_exit(exit, codes, settings_.name, std::move(names));
}

}  // namespace p3scan
