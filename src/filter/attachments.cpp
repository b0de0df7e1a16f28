// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/attachments.h"

#include <stdexcept>
#include <utility>

#include "base/asio/asio.h"
#include "filter/attachment_editor.h"
#include "filter/message_view.h"
#include "filter/on_pool.h"

namespace p3scan {

AttachmentsFilter::AttachmentsFilter(const FilterTools& tools, AttachmentSettings settings)
    : tools_(tools), settings_(std::move(settings)), rules_(settings_.bans) {}

asio::awaitable<Filtered> AttachmentsFilter::run(Message& message, const scan::MailFacts& facts) {
  if (!facts.incoming && !settings_.outgoing) co_return Filtered();
  const auto view = MessageView::of(message);
  if (!view) throw std::runtime_error("the mail can't be read");
  const auto executor = co_await asio::this_coro::executor;
  auto work = [&](const StopFlag& stop) {
    try {
      return AttachmentEditor(rules_, settings_,
                              {.message = view->bytes(), .executor = executor, .spool = tools_.spool, .stop = stop})
          .run();
    } catch (const std::runtime_error& e) {
      return Filtered{.verdict = scan::Failed{std::string("attachments: ") + e.what()}};
    }
  };
  co_return co_await on_pool(*tools_.blocking, settings_.limit, std::move(work));
}

}  // namespace p3scan
