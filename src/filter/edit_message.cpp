// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/edit_message.h"

#include <fmt/format.h>

#include <cassert>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

#include "base/asio/asio.h"
#include "filter/edited_copy.h"
#include "filter/message_view.h"
#include "scanner/blocking_job.h"

namespace p3scan {
namespace {

using namespace asio::experimental::awaitable_operators;

std::string_view words_for(SpoolError error) {
  switch (error) {
    case SpoolError::no_space: return "no space for the new version of a message";
    case SpoolError::too_large: return "the new version of a message is too large";
    case SpoolError::io: return "the new version of a message can't be written";
  }
  return {};
}

std::runtime_error failure(SpoolError error) { return std::runtime_error(std::string(words_for(error))); }

/// Ends the work at its next edit once nobody waits for it.
class StoppableEdits final : public mime::Edits {
 public:
  StoppableEdits(mime::Edits& edits, const std::atomic<bool>& stop) : edits_(edits), stop_(stop) {}

  void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) override {
    if (stop_) throw boost::system::system_error(asio::error::operation_aborted);
    edits_.replace(offset, length, text);
  }

 private:
  mime::Edits& edits_;
  const std::atomic<bool>& stop_;
};

/// As a value: an exception would not end the wait for the first of two.
struct Outcome {
  Filtered filtered;
  std::exception_ptr error;
};

struct Job {
  asio::any_io_executor executor;
  SpoolLimits spool;
  MessageView view;
  EditWork work;

  Outcome run(const std::atomic<bool>& stop) const {
    try {
      return {.filtered = edit(stop), .error = nullptr};
    } catch (...) {
      return {.filtered = {}, .error = std::current_exception()};
    }
  }

  Filtered edit(const std::atomic<bool>& stop) const {
    EditedCopy copy(executor, spool, view.bytes());
    StoppableEdits edits(copy, stop);
    auto filtered = work(view.bytes(), edits, stop);
    auto version = copy.finish();
    if (!version) throw failure(version.error());
    filtered.version = std::move(*version);
    return filtered;
  }
};

asio::awaitable<void> wait(std::chrono::milliseconds limit) {
  asio::steady_timer timer(co_await asio::this_coro::executor, limit);
  co_await timer.async_wait(kNothrow);
}

}  // namespace

asio::awaitable<Filtered> edit_message(Message& message, const FilterTools& tools, std::chrono::milliseconds limit,
                                       EditWork work) {
  assert(message.is_complete() && tools.blocking != nullptr);
  auto view = MessageView::of(message);
  if (!view) throw failure(view.error());
  const auto executor = co_await asio::this_coro::executor;
  const auto job = std::make_shared<const Job>(
      Job{.executor = executor, .spool = tools.spool, .view = std::move(*view), .work = std::move(work)});
  auto result = co_await (
      run_blocking<Outcome>(*tools.blocking, [job](const std::atomic<bool>& stop) { return job->run(stop); }) ||
      wait(limit));
  co_await throw_if_cancelled();
  if (result.index() == 1) throw std::runtime_error(fmt::format("took longer than {} s", limit.count() / 1000));
  auto& outcome = std::get<0>(result);
  if (outcome.error) std::rethrow_exception(outcome.error);
  co_return std::move(outcome.filtered);
}

}  // namespace p3scan
