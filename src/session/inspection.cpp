// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/inspection.h"

#include <limits>

#include "mime/added_header.h"
#include "scanner/pipeline.h"
#include "session/facts.h"
#include "session/virus_report.h"
#include "spool/quarantine.h"

namespace p3scan::session {
namespace {

using Kind = proto::Ruling::Kind;
using scan::Decision;

Decided ruled(Kind kind, std::string text) {
  Decided decided;
  decided.ruling = {.kind = kind, .text = std::move(text)};
  return decided;
}

/// The message as it came, with one line added at the end of its header.
Decided delivered(Mail& mail, std::string line) {
  Decided decided = ruled(Kind::deliver, {});
  decided.ruling.size = mail.message.size() + line.size();
  if (line.empty()) return decided;
  if (mail.header_end.needs_break()) {
    line.insert(0, mail.header_end.line_ending());
    decided.ruling.size += mail.header_end.line_ending().size();
  }
  decided.insertions.push_back({mail.header_end.offset(), std::move(line)});
  return decided;
}

}  // namespace

void Inspection::start(const asio::any_io_executor& executor, net::Event& news) {
  news_ = &news;
  asio::co_spawn(executor, run(),
                 asio::bind_cancellation_slot(
                     cancel_.slot(), [self = shared_from_this()](const std::exception_ptr& failed, Decided decided) {
                       self->decided_ = failed ? ruled(Kind::fail, "internal error") : std::move(decided);
                       if (self->news_ != nullptr) self->news_->set();
                     }));
}

void Inspection::expire() {
  expired_ = true;
  cancel_.emit(asio::cancellation_type::terminal);
}

void Inspection::abandon() {
  news_ = nullptr;
  if (!decided_) cancel_.emit(asio::cancellation_type::terminal);
}

asio::awaitable<Decided> Inspection::run() {
  facts_ = facts_of(*mail_, {});
  auto verdict = co_await scan();
  mail_->header_end.finish();
  if (!mail_->scan)
    co_return delivered(*mail_, mime::marked_header("larger than checksize", mail_->header_end.line_ending()));
  co_return co_await decide(std::move(verdict));
}

/// What all engines say about the complete message.
asio::awaitable<scan::Verdict> Inspection::scan() {
  scan::Verdict verdict = scan::Clean{};
  try {
    if (mail_->scan) verdict = co_await scan_all(services_->scanners, mail_->message, facts_);
    while (!mail_->message.is_complete() && !mail_->message.is_abandoned()) {
      co_await mail_->message.grown(std::numeric_limits<std::uint64_t>::max());
    }
  } catch (const std::exception& e) {
    verdict = scan::Failed{e.what()};
  }
  if (expired_) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    // What one engine found while another took too long still counts.
    if (!std::holds_alternative<scan::Infected>(verdict))
      verdict = scan::Failed{fmt::format("no verdict within {} seconds", services_->config.scantimeout.count())};
  }
  if (!mail_->message.is_complete()) verdict = scan::Failed{"the message is incomplete"};
  co_return verdict;
}

asio::awaitable<Decided> Inspection::decide(scan::Verdict verdict) {
  const auto way = mail_->incoming() ? scan::Way::incoming : scan::Way::outgoing;
  auto decision = scan::decide(verdict, way, mail_->incoming() ? services_->incoming : services_->outgoing);
  const VirusReport report(*services_, *mail_);
  report.log_unclean(verdict, decision);
  switch (decision.kind) {
    case Decision::Kind::deliver:
      co_return delivered(*mail_, services_->config.xheader
                                      ? mime::clean_header(!mail_->incoming(), mail_->header_end.line_ending())
                                      : std::string());
    case Decision::Kind::deliver_marked:
      co_return delivered(*mail_, mime::marked_header(decision.text, mail_->header_end.line_ending()));
    case Decision::Kind::replace:
      co_return co_await replace(std::holds_alternative<scan::Infected>(verdict), std::move(decision.text));
    case Decision::Kind::refuse:
      if (std::holds_alternative<scan::Infected>(verdict)) report.log_virus(std::get<scan::Infected>(verdict).name, {});
      co_return ruled(Kind::refuse, std::move(decision.text));
    case Decision::Kind::tempfail: break;
  }
  co_return ruled(Kind::fail, std::move(decision.text));
}

/// A notification takes the place of the message, which is on disk before the client hears of it. Only what is known
/// to be infected may be deleted.
asio::awaitable<Decided> Inspection::replace(bool infected, std::string name) {
  const VirusReport report(*services_, *mail_);
  Kept kept{.id = services_->config.notify, .path = {}};
  if (!infected || !services_->config.justdelete) {
    const auto path =
        co_await quarantine(mail_->message, services_->config.virusdir, services_->blocking->get_executor());
    if (!path) {
      services_->log.error("Can't quarantine a mail in {}, it stays on the server", services_->config.virusdir);
      co_return ruled(Kind::fail, "The message can't be quarantined, try again later");
    }
    kept = {.id = path->substr(path->rfind('/') + 1), .path = *path};
  }
  report.log_virus(name, kept.id);
  auto decided = ruled(Kind::replace, {});
  decided.replacement = report.notification(name, kept);
  decided.ruling.size = decided.replacement->size();
  co_return decided;
}

}  // namespace p3scan::session
