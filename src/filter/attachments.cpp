// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/attachments.h"

#include <utility>

#include "base/asio/asio.h"
#include "filter/attachment_editor.h"
#include "filter/edit_message.h"

namespace p3scan {

AttachmentsFilter::AttachmentsFilter(const FilterTools& tools, AttachmentSettings settings)
    : tools_(tools), plan_(std::make_shared<const AttachmentPlan>(std::move(settings), tools.spool)) {}

asio::awaitable<Filtered> AttachmentsFilter::run(Message& message, const scan::MailFacts& facts) {
  if (!facts.incoming && !plan_->settings.outgoing) co_return Filtered();
  const auto executor = co_await asio::this_coro::executor;
  auto work = [plan = plan_, executor](std::string_view octets, mime::Edits& edits, const std::atomic<bool>& stop) {
    return AttachmentEditor(*plan, {.message = octets, .executor = executor, .edits = edits, .stop = stop}).run();
  };
  auto filtered = co_await edit_message(message, tools_, plan_->settings.limit, std::move(work));
  if (!filtered.version) co_return filtered;
  // An edit goes by one reading of an ambiguous header; what it leaves is read again: nothing is delivered because
  // somebody found a hole in that.
  auto check = [plan = plan_](std::string_view octets, mime::Edits& /*edits*/, const std::atomic<bool>& /*stop*/) {
    Filtered checked;
    if (!is_harmless(*plan, octets))
      checked.verdict = scan::Unscannable{"attachments: a dangerous attachment can't be made harmless"};
    return checked;
  };
  auto checked = co_await edit_message(*filtered.version, tools_, plan_->settings.limit, std::move(check));
  if (checked.verdict) co_return checked;
  co_return filtered;
}

}  // namespace p3scan
