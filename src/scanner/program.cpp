// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/program.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "base/unique_fd.h"

namespace p3scan {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr std::size_t kPiece = 16UL * 1024;

void keep(std::string& output, std::string_view piece, std::size_t most) {
  output += piece.substr(0, most - std::min(most, output.size()));
}

}  // namespace

Result<Program, int> Program::start(const asio::any_io_executor& executor, std::span<const std::string> words,
                                    int input) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(errno);
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  auto process = Process::start(executor, words, {.input = input, .output = theirs.get(), .errors = theirs.get()});
  if (!process) return fail(process.error());
  return Program(std::move(*process), Pipe(executor, ours.release()));
}

asio::awaitable<scan::ScannerExit> Program::run(std::string& output, std::size_t most) {
  co_await (drain(output, most) || process_.wait());
  co_await process_.wait();  // it may have closed its output before
  take_rest(output, most);
  co_return process_.take_exit();
}

asio::awaitable<void> Program::drain(std::string& output, std::size_t most) {
  std::vector<char> piece(kPiece);
  for (;;) {
    const auto [ec, n] = co_await output_.async_read_some(asio::buffer(piece), kNothrow);
    if (ec) co_return;
    keep(output, {piece.data(), n}, most);
  }
}

/// What was printed just before the end, without waiting for those who still hold the pipe.
void Program::take_rest(std::string& output, std::size_t most) {
  output_.non_blocking(true);
  std::vector<char> piece(kPiece);
  while (output.size() < most) {
    boost::system::error_code ec;
    const auto n = output_.read_some(asio::buffer(piece), ec);
    if (ec) return;
    keep(output, {piece.data(), n}, most);
  }
}

}  // namespace p3scan
