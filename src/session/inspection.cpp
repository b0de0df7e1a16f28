// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/inspection.h"

#include <limits>

#include "mime/added_header.h"
#include "scanner/pipeline.h"
#include "session/facts.h"
#include "session/filtering.h"
#include "session/virus_report.h"
#include "spool/quarantine.h"

namespace p3scan::session {
namespace {

using Kind = proto::Ruling::Kind;
using scan::Decision;

constexpr std::string_view kCrlf = "\r\n";
constexpr std::string_view kNotKept = "The message can't be quarantined, try again later";

Decided ruled(Kind kind, std::string text) {
  Decided decided;
  decided.ruling = {.kind = kind, .text = std::move(text)};
  return decided;
}

/// What is delivered, marked or not; everything else stays as it came.
bool passes(const Decision& decision) {
  return decision.kind == Decision::Kind::deliver || decision.kind == Decision::Kind::deliver_marked;
}

Decided replaced(std::string replacement) {
  auto decided = ruled(Kind::replace, {});
  decided.ruling.size = replacement.size();
  decided.ruling.changed = true;
  decided.replacement = std::move(replacement);
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
  mail_->scanner_info = co_await scanner_info();
  facts_ = facts_of(*mail_, mail_->scanner_info);
  Filtering filtering(*services_, *mail_, facts_);
  const auto sender = co_await look_up_sender();
  if (sender.listed != Listed::no) {
    co_await arrived();
    if (!mail_->message.is_complete()) co_return ruled(Kind::fail, "The message is incomplete");
    if (sender.listed == Listed::black) co_return co_await replace_blacklisted(sender);
    co_return filtering.delivered({});
  }
  auto verdict = co_await scan();
  mail_->header_end.finish();
  if (!mail_->scan) {
    VirusReport(*services_, *mail_).log_unscanned();
    co_return filtering.delivered(mime::marked_header(mail_->unscanned_because, kCrlf));
  }
  verdict = co_await filter(filtering, std::move(verdict));
  if (!filtering.refusal().empty()) co_return ruled(Kind::refuse, filtering.refusal());
  if (!filtering.replacement().empty()) co_return replaced(filtering.replacement());
  co_return co_await decide(filtering, std::move(verdict));
}

asio::awaitable<std::string> Inspection::scanner_info() {
  if (!services_->scanner_info) co_return std::string();
  try {
    co_return co_await services_->scanner_info->get();
  } catch (const std::exception&) {
    co_return std::string();  // cut off: no reason to keep the mail back
  }
}

/// White: nothing is run on the mail, and nothing is added to it. Black: it is not scanned.
asio::awaitable<ListVerdict> Inspection::look_up_sender() {
  const auto& message = mail_->message;
  if (!mail_->incoming() || !services_->lists || !services_->lists->configured()) co_return ListVerdict{};
  auto found = co_await services_->lists->look(std::string(message.head()), message.is_complete(), facts_.user);
  const VirusReport report(*services_, *mail_);
  if (!found.note.empty()) services_->log.warning("{}", found.note);
  if (found.listed == Listed::white) report.log_note(fmt::format("passes unscanned: whitelist has {}", found.entry));
  if (found.listed == Listed::black) report.log_note(fmt::format("is replaced: blacklist has {}", found.entry));
  co_return found;
}

asio::awaitable<void> Inspection::arrived() {
  while (!mail_->message.is_complete() && !mail_->message.is_abandoned()) {
    co_await mail_->message.grown(std::numeric_limits<std::uint64_t>::max());
  }
}

/// Filters see only what will be delivered: an infected mail is not edited. What attachment filters make of a mail is
/// a new mail, and scanned.
asio::awaitable<scan::Verdict> Inspection::filter(Filtering& filtering, scan::Verdict verdict) {
  const auto& stages = mail_->incoming() ? services_->incoming_stages : services_->outgoing_stages;
  if (!mail_->edit || !passes(decision_about(verdict))) co_return verdict;
  verdict = scan::combine(std::move(verdict), co_await filtering.run(stages.attachments, expired_));
  if (filtering.changed() && passes(decision_about(verdict))) {
    verdict = scan::combine(std::move(verdict), co_await scan_message(filtering.message()));
  }
  if (!passes(decision_about(verdict))) co_return verdict;
  co_return scan::combine(std::move(verdict), co_await filtering.run(stages.others, expired_));
}

Decision Inspection::decision_about(const scan::Verdict& verdict) const {
  return mail_->incoming() ? scan::decide(verdict, scan::Way::incoming, services_->incoming)
                           : scan::decide(verdict, scan::Way::outgoing, services_->outgoing);
}

/// What all engines say about the complete message.
asio::awaitable<scan::Verdict> Inspection::scan() {
  scan::Verdict verdict = scan::Clean{};
  if (mail_->scan) verdict = co_await scan_message(mail_->message);
  try {
    co_await arrived();
  } catch (const std::exception& e) {
    verdict = scan::combine(std::move(verdict), scan::Failed{e.what()});
  }
  if (!mail_->message.is_complete()) verdict = scan::Failed{"the message is incomplete"};
  co_return verdict;
}

asio::awaitable<scan::Verdict> Inspection::scan_message(Message& message) {
  scan::Verdict verdict = scan::Failed{"the scan was cut off"};
  try {
    if (!expired_) verdict = co_await scan_all(services_->scanners, message, facts_);
  } catch (const std::exception& e) {
    verdict = scan::Failed{e.what()};
  }
  if (expired_) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    // What one engine found while another took too long still counts.
    if (!std::holds_alternative<scan::Infected>(verdict))
      verdict = scan::Failed{fmt::format("no verdict within {} seconds", services_->config.scantimeout.count())};
  }
  co_return verdict;
}

asio::awaitable<Decided> Inspection::decide(Filtering& filtering, scan::Verdict verdict) {
  const auto decision = decision_about(verdict);
  const VirusReport report(*services_, *mail_);
  report.log_unclean(verdict, decision);
  if (const auto* failed = std::get_if<scan::Failed>(&verdict); failed != nullptr && mail_->message.is_complete()) {
    report.tell_trouble(notify::Emergency::scanner, failed->reason);
  }
  switch (decision.kind) {
    case Decision::Kind::deliver:
      co_return filtering.delivered(services_->config.xheader && mail_->mark ? clean_headers() : std::string());
    case Decision::Kind::deliver_marked: co_return filtering.delivered(mime::marked_header(decision.text, kCrlf));
    case Decision::Kind::replace: co_return co_await replace(std::move(verdict), decision.text);
    case Decision::Kind::refuse:
      if (const auto* infected = std::get_if<scan::Infected>(&verdict)) {
        report.log_virus(infected->name, {});
        report.tell_administrators(*infected, {.id = services_->config.smtprset, .path = {}});
      }
      co_return ruled(Kind::refuse, decision.text);
    case Decision::Kind::tempfail: break;
  }
  co_return ruled(Kind::fail, decision.text);
}

/// For outgoing mail with the lines of the footer command, as of old.
std::string Inspection::clean_headers() const {
  auto lines = mime::clean_header(!mail_->incoming(), kCrlf);
  if (!mail_->incoming() && !services_->config.footer.empty()) lines += mime::info_headers(mail_->scanner_info, kCrlf);
  return lines;
}

/// Where the original is from now on; nothing when it can't be kept and must not be lost.
asio::awaitable<std::optional<Kept>> Inspection::keep(bool may_delete) {
  if (may_delete && services_->config.justdelete) co_return Kept{.id = services_->config.notify, .path = {}};
  const auto path =
      co_await quarantine(mail_->message, services_->config.virusdir, services_->blocking->get_executor());
  if (!path) {
    const auto what = fmt::format("Can't quarantine a mail in {}, it stays on the server", services_->config.virusdir);
    services_->log.error("{}", what);
    VirusReport(*services_, *mail_).tell_trouble(notify::Emergency::quarantine, what);
    co_return std::nullopt;
  }
  co_return Kept{.id = path->substr(path->rfind('/') + 1), .path = *path};
}

/// A notification takes the place of the message, which is on disk before the client hears of it. Only what is known
/// to be infected may be deleted.
asio::awaitable<Decided> Inspection::replace(scan::Verdict verdict, std::string name) {
  const auto* infected = std::get_if<scan::Infected>(&verdict);
  const VirusReport report(*services_, *mail_);
  const auto kept = co_await keep(infected != nullptr);
  if (!kept) co_return ruled(Kind::fail, std::string(kNotKept));
  report.log_virus(name, kept->id);
  scan::Infected found{.name = std::move(name), .engine = {}};
  if (infected != nullptr) found.notification = infected->notification;
  report.tell_administrators(found, *kept);
  co_return replaced(report.notification(found, *kept));
}

asio::awaitable<Decided> Inspection::replace_blacklisted(const ListVerdict& listed) {
  const auto kept = co_await keep(true);
  if (!kept) co_return ruled(Kind::fail, std::string(kNotKept));
  co_return replaced(VirusReport(*services_, *mail_).blacklist_notification(listed.sender, *kept));
}

}  // namespace p3scan::session
