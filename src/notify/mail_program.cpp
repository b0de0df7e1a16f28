// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/mail_program.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "base/unique_fd.h"
#include "mime/utf8.h"
#include "scanner/program.h"

namespace p3scan::notify {
namespace {

using namespace asio::experimental::awaitable_operators;
using Result = Delivery::Result;

constexpr std::size_t kMaxSubject = 200;
constexpr std::size_t kMaxOutput = 400;
constexpr int kUsage = 64;  // sysexits.h: from here on codes say what is wrong
constexpr int kLast = 78;
constexpr int kTryLater = 75;

/// A file in memory, to be read from its beginning.
UniqueFd file_of(std::string_view text) {
  UniqueFd file(::memfd_create("p3scan-mail", MFD_CLOEXEC));
  while (file && !text.empty()) {
    const auto n = ::write(file.get(), text.data(), text.size());
    if (n <= 0) return {};
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  if (file && ::lseek(file.get(), 0, SEEK_SET) != 0) return {};
  return file;
}

Delivery judged(const scan::ScannerExit& end, std::string_view output) {
  if (end.signal == 0 && end.code == 0) return {};
  const bool wrong = end.signal == 0 && end.code >= kUsage && end.code <= kLast && end.code != kTryLater;
  const auto said = ascii::trim(output);
  return {.result = wrong ? Result::never : Result::later,
          .why = fmt::format("ended with {} {}{}{}", end.signal != 0 ? "signal" : "code",
                             end.signal != 0 ? end.signal : end.code, said.empty() ? "" : ": ", said)};
}

}  // namespace

std::string program_input(std::string_view message) {
  const auto header = message.find("\r\n\r\n");
  message.remove_prefix(header == std::string_view::npos ? 0 : header + 4);
  std::string input;
  input.reserve(message.size());
  while (!message.empty()) {
    const auto line = message.substr(0, message.find("\r\n"));
    message.remove_prefix(std::min(message.size(), line.size() + 2));
    if (line.starts_with('~')) input += ' ';
    input.append(line).append("\n");
  }
  return input;
}

std::string program_subject(std::string_view subject) {
  const auto line = mime::display_text(subject);
  return std::string(ascii::trim(mime::utf8_prefix(line, kMaxSubject)));
}

asio::awaitable<Delivery> send_by_program(const MailProgram& program, Letter& letter) {
  const auto executor = co_await asio::this_coro::executor;
  const auto input = file_of(program_input(letter.message));
  if (!input) co_return Delivery{.result = Result::later, .why = "no memory for the mail"};
  auto words = program.words;
  words.emplace_back("-s");
  words.push_back(program_subject(letter.subject));
  words.insert(words.end(), letter.to.begin(), letter.to.end());
  auto started = Program::start(executor, words, input.get());
  if (!started) {
    const bool gone = started.error() == ENOENT || started.error() == EACCES || started.error() == ENOEXEC;
    co_return Delivery{.result = gone ? Result::never : Result::later,
                       .why = std::generic_category().message(started.error())};
  }
  auto running = std::move(*started);
  std::string output;
  asio::steady_timer timer(executor, program.limit);
  const auto first = co_await (running.run(output, kMaxOutput) || timer.async_wait(asio::use_awaitable));
  const auto* const end = std::get_if<scan::ScannerExit>(&first);
  if (end == nullptr) co_return Delivery{.result = Result::later, .why = "took too long and was killed"};
  auto delivery = judged(*end, output);
  if (delivery.result == Result::sent) letter.to.clear();
  co_return delivery;
}

}  // namespace p3scan::notify
