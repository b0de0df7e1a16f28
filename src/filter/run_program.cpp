// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/run_program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "base/asio/asio.h"
#include "scanner/cancelled.h"
#include "scanner/process.h"

namespace p3scan {
namespace {

using namespace asio::experimental::awaitable_operators;
using Pipe = asio::posix::stream_descriptor;

constexpr std::size_t kPiece = 64UL * 1024;
constexpr std::size_t kErrorsMax = 4096;
constexpr std::size_t kRestMax = 1UL << 20;  // no pipe holds more

struct PipeEnds {
  UniqueFd ours;
  UniqueFd theirs;
};

Result<PipeEnds, int> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(errno);
  return PipeEnds{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// Takes what the program prints into a new message.
class Collector {
 public:
  Collector(const asio::any_io_executor& executor, const Message& original, const ProgramCall& call)
      : original_(original), repair_(call.repair_line_ends), output_(std::make_shared<Message>(executor, call.spool)) {}

  bool take(std::string_view piece) {
    compare(piece);
    const auto added = repair_ ? append_repaired(piece) : append(piece);
    if (!added) error_ = added.error();
    return added.has_value();
  }

  std::optional<SpoolError> error() const { return error_; }
  bool same() const { return same_ && taken_ == original_.size(); }

  std::shared_ptr<Message> finish() {
    output_->complete();
    return std::move(output_);
  }

 private:
  Result<void, SpoolError> append(std::string_view piece) {
    const std::array<std::string_view, 1> pieces = {piece};
    return output_->append(pieces);
  }

  Result<void, SpoolError> append_repaired(std::string_view piece) {
    repaired_.clear();
    for (const char c : piece) {
      if (c == '\n' && last_ != '\r') repaired_ += '\r';
      repaired_ += c;
      last_ = c;
    }
    return append(repaired_);
  }

  void compare(std::string_view piece) {
    if (same_) {
      original_piece_.resize(piece.size());
      const auto got = original_.read(taken_, original_piece_);
      same_ = got && *got == piece.size() && std::string_view(original_piece_) == piece;
    }
    taken_ += piece.size();
  }

  const Message& original_;
  bool repair_;
  std::shared_ptr<Message> output_;
  std::optional<SpoolError> error_;
  std::string repaired_;
  std::string original_piece_;
  std::uint64_t taken_ = 0;
  bool same_ = true;
  char last_ = '\0';
};

std::string failure_text(SpoolError error) {
  switch (error) {
    case SpoolError::too_large: return "it printed too much";
    case SpoolError::no_space: return "there is no space for what it printed";
    case SpoolError::io: break;
  }
  return "what it printed can't be kept";
}

/// One program with its two pipes.
class Run {
 public:
  Run(Process process, Pipe output, Pipe errors)
      : process_(std::move(process)), output_(std::move(output)), errors_(std::move(errors)) {}

  static Result<Run, int> start(const asio::any_io_executor& executor, const std::vector<std::string>& words,
                                int input) {
    auto output = make_pipe();
    if (!output) return fail(output.error());
    auto errors = make_pipe();
    if (!errors) return fail(errors.error());
    auto process = Process::start(executor, words,
                                  {.input = input, .output = output->theirs.get(), .errors = errors->theirs.get()});
    if (!process) return fail(process.error());
    return Run(std::move(*process), Pipe(executor, output->ours.release()), Pipe(executor, errors->ours.release()));
  }

  /// Until the program ended or what it printed can't be kept.
  asio::awaitable<void> read(Collector& collector, std::string& errors) {
    std::string piece(kPiece, '\0');
    std::string errors_piece(kErrorsMax, '\0');
    auto to_collector = [&](std::string_view text) {
      const bool taken = collector.take(text);
      if (!taken) process_.kill();  // it would wait for a reader for good
      return taken;
    };
    auto to_errors = [&](std::string_view text) {
      errors += text.substr(0, kErrorsMax - errors.size());
      return true;
    };
    co_await ((drain(output_, piece, to_collector) && drain(errors_, errors_piece, to_errors)) || process_.wait());
    co_await throw_if_cancelled();
    if (collector.error()) co_return;
    co_await process_.wait();  // it may have closed its output before
    take_rest(errors_, errors_piece, to_errors);
    take_rest(output_, piece, to_collector);
  }

  scan::ScannerExit exit() { return process_.take_exit(); }

 private:
  template <class Take>
  asio::awaitable<void> drain(Pipe& pipe, std::string& piece, Take& take) {
    for (;;) {
      const auto [ec, n] = co_await pipe.async_read_some(asio::buffer(piece), kNothrow);
      if (ec || !take(std::string_view(piece).substr(0, n))) co_return;
    }
  }

  /// What was printed just before the end, without waiting for those who still hold the pipe.
  template <class Take>
  void take_rest(Pipe& pipe, std::string& piece, Take& take) {
    pipe.non_blocking(true);
    for (std::size_t sum = 0; sum < kRestMax;) {
      boost::system::error_code ec;
      const auto n = pipe.read_some(asio::buffer(piece), ec);
      if (ec || !take(std::string_view(piece).substr(0, n))) return;
      sum += n;
    }
  }

  Process process_;
  Pipe output_;
  Pipe errors_;
};

}  // namespace

asio::awaitable<ProgramOutput> run_program(Message& message, ProgramCall call) {
  ProgramOutput result;
  const auto executor = co_await asio::this_coro::executor;
  const auto input = message.open_readonly();
  if (!input) {
    result.failure = "the message can't be opened";
    co_return result;
  }
  auto run = Run::start(executor, call.words, input->get());
  if (!run) {
    result.failure =
        fmt::format("can't start {}: {}", call.words.front(), std::generic_category().message(run.error()));
    co_return result;
  }
  Collector collector(executor, message, call);
  asio::steady_timer timer(executor, call.limit);
  const auto first = co_await (run->read(collector, result.errors) || timer.async_wait(asio::use_awaitable));
  co_await throw_if_cancelled();
  if (first.index() == 1) {
    result.failure = fmt::format("{} did not end within {} ms", call.words.front(), call.limit.count());
    co_return result;
  }
  if (const auto error = collector.error()) {
    result.failure = fmt::format("{}: {}", call.words.front(), failure_text(*error));
    co_return result;
  }
  const auto exit = run->exit();
  if (exit.signal != 0) {
    result.failure = fmt::format("{} was killed by signal {}", call.words.front(), exit.signal);
    co_return result;
  }
  result.code = exit.code;
  result.same = collector.same();
  result.output = collector.finish();
  co_return result;
}

std::vector<std::string> with_user(std::vector<std::string> words, std::string_view placeholder,
                                   std::string_view user) {
  if (user.empty()) return words;
  const bool unsafe = user.front() == '-' || user.find('\0') != std::string_view::npos;
  const std::string_view safe = unsafe ? "unknown" : user;
  for (auto& word : words) {
    for (std::size_t at = 0; (at = word.find(placeholder, at)) != std::string::npos; at += safe.size()) {
      word.replace(at, placeholder.size(), safe);
    }
  }
  return words;
}

}  // namespace p3scan
