// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/whole.h"

#include <array>

#include "filter/edited_copy.h"
#include "scanner/blocking_job.h"

namespace p3scan::session {
namespace {

using Version = Result<std::shared_ptr<Message>, SpoolError>;

Version message_of(const asio::any_io_executor& executor, const SpoolLimits& limits, std::string_view bytes) {
  auto message = std::make_shared<Message>(executor, limits);
  const std::array<std::string_view, 1> all = {bytes};
  if (const auto kept = message->append(all); !kept) return fail(kept.error());
  message->complete();
  return message;
}

/// Owns all it needs, since nobody may wait for it any more.
struct Copying {
  asio::any_io_executor executor;
  SpoolLimits limits;
  MessageView view;
  std::vector<Insertion> insertions;

  Version run() const {
    EditedCopy copy(executor, limits, view.bytes());
    for (const auto& insertion : insertions) copy.replace(insertion.offset, 0, insertion.text);
    return copy.finish();
  }
};

}  // namespace

asio::awaitable<Result<std::shared_ptr<Whole>, SpoolError>> Whole::of(std::shared_ptr<Mail> mail,
                                                                      const Decided& decided,
                                                                      const Services& services) {
  const auto executor = co_await asio::this_coro::executor;
  if (decided.replacement) {
    auto message = message_of(executor, services.spool, *decided.replacement);
    if (!message) co_return fail(message.error());
    co_return std::make_shared<Whole>(std::move(*message));
  }
  auto message = decided.version ? decided.version : std::shared_ptr<Message>(mail, &mail->message);
  if (decided.insertions.empty()) co_return std::make_shared<Whole>(std::move(message));
  auto view = MessageView::of(*message);
  if (!view) co_return fail(view.error());
  const auto copying = std::make_shared<const Copying>(Copying{
      .executor = executor, .limits = services.spool, .view = std::move(*view), .insertions = decided.insertions});
  auto copied = message->in_memory()
                    ? copying->run()
                    : co_await run_blocking<Version>(
                          *services.blocking, [copying](const std::atomic<bool>& /*stop*/) { return copying->run(); });
  if (!copied) co_return fail(copied.error());
  co_return std::make_shared<Whole>(std::move(*copied));
}

Result<std::shared_ptr<const MessageView>, SpoolError> Whole::view() {
  if (mapped_) return mapped_;
  auto view = MessageView::of(*message_);
  if (!view) return fail(view.error());
  auto shared = std::make_shared<const MessageView>(std::move(*view));
  if (!message_->in_memory()) mapped_ = shared;
  return shared;
}

}  // namespace p3scan::session
