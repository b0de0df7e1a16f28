// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/program_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/ascii.h"
#include "base/asio/asio.h"
#include "base/log.h"
#include "filter/run_program.h"
#include "mime/header_end.h"
#include "scan/command_line.h"

namespace p3scan {
namespace {

constexpr std::size_t kErrorsShown = 300;
constexpr int kFiltered = 77;  // renattach --excode: it did something

bool has_crlf(const Message& message) {
  const auto head = message.head();
  const auto lf = head.find('\n');
  return lf != std::string_view::npos && lf > 0 && head[lf - 1] == '\r';
}

bool has_header(const Message& message) {
  mime::HeaderEnd end;
  end.feed(message.head());
  end.finish();
  return end.offset() > 0;
}

/// What it wrote on its standard error, on one line.
std::string said(std::string_view errors) {
  const auto text = ascii::trim(errors);
  return text.empty() ? std::string() : ": " + printable(text, kErrorsShown);
}

}  // namespace

ProgramFilterSettings renattach_settings(std::string command, std::chrono::milliseconds limit) {
  return {.option = "renattach",
          .command = std::move(command),
          .placeholder = {},
          .success = {0, kFiltered},
          .required = true,
          .outgoing = false,
          .error_note = {},
          .limit = limit};
}

ProgramFilterSettings overwrite_settings(std::string command, std::chrono::milliseconds limit) {
  return {.option = "overwrite",
          .command = std::move(command),
          .placeholder = "htmluser",
          .success = {0},
          .required = false,
          .outgoing = false,
          .error_note = "ERR: HTML Parser returned error! Ignoring it's output!",  // as logs have always said it
          .limit = limit};
}

Result<std::unique_ptr<ProgramFilter>, std::string> ProgramFilter::make(const FilterTools& tools,
                                                                        ProgramFilterSettings settings) {
  auto command = scan::split_command_line(settings.command);
  if (!command) return fail(fmt::format("{}: {}", settings.option, command.error()));
  return std::unique_ptr<ProgramFilter>(new ProgramFilter(tools, std::move(settings), std::move(command->words)));
}

asio::awaitable<Filtered> ProgramFilter::run(Message& message, const scan::MailFacts& facts) {
  if (!facts.incoming && !settings_.outgoing) co_return Filtered();
  auto words = settings_.placeholder.empty() ? words_ : with_user(words_, settings_.placeholder, facts.user);
  ProgramCall call{.words = std::move(words),
                   .limit = settings_.limit,
                   .spool = tools_.spool,
                   .repair_line_ends = has_crlf(message)};
  const auto result = co_await run_program(message, std::move(call));
  if (!result.failure.empty()) throw std::runtime_error(result.failure + said(result.errors));
  if (std::ranges::find(settings_.success, result.code) == settings_.success.end()) {
    const auto why = fmt::format("{} ended with code {}{}", words_.front(), result.code, said(result.errors));
    if (settings_.required) throw std::runtime_error(why);
    co_return Filtered{.note = fmt::format("{} ({})", settings_.error_note, why)};
  }
  Filtered filtered;
  if (!result.errors.empty()) filtered.note = words_.front() + said(result.errors);
  if (result.same) co_return filtered;
  if (result.output->size() == 0) throw std::runtime_error(words_.front() + " printed nothing" + said(result.errors));
  if (!has_header(*result.output) && has_header(message))
    throw std::runtime_error(words_.front() + ": what it printed is no mail" + said(result.errors));
  filtered.version = result.output;
  co_return filtered;
}

}  // namespace p3scan
